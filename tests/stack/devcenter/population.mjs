import { cumulated, skewed } from "./random.mjs";

/**
 * What occurrences are made of: drivers, machines, systems and markets, in about the proportions in which a vendor
 * meets them. The first of each list is the most common one; after it they grow rare quickly.
 */

const MARKETS = [
  "US", "DE", "JP", "GB", "IN", "BR", "FR", "CN", "CA", "IT", "KR", "ES", "PL", "AU", "MX", "NL", "TR", "SE", "TW", "ZA",
];
const FUNCTIONS = [
  "unknown_function", "LoadImageNotify", "DispatchPower", "ReadRegister", "OnTimer", "ParseHeader", "CompleteRequest",
  "QueueWorkItem", "EvtDeviceD0Exit", "MapBuffer", "HandleInterrupt", "FreeContext", "SetVersion", "ResetEngine",
];
const CLASSES = ["AV", "0xD1", "0x9F_3", "0x109_18_2", "0x133_ISR", "0x50_W", "0x7E", "0xC4_e2", "0x139_3", "0x1E"];

const IHV_DRIVERS = [
  ["ctgfx.sys", "23.20.16.49", "23.20.15.2", "22.19.1.7"],
  ["contosonet.sys", "6.0.1043.2", "6.0.1041.9"],
  ["ctaudio.sys", "10.2.4.0", "10.2.3.0", "10.1.0.12"],
  ["ctdisk.sys", "1.9.0.77", "1.8.2.40"],
  ["ctbth.sys", "4.4.0.12", "4.3.1.0"],
  ["cttouch.sys", "2.0.0.31"],
  ["ctusb3.sys", "3.11.0.5", "3.10.2.0"],
  ["fastboot.sys", "2.1.1.0"],
  ["ctsensor.sys", "1.0.4.0"],
  ["ctprint.sys", "5.5.0.1"],
];
const OEM_MODULES = [
  ["wfplwfs.sys", "10.0.14393.0", "10.0.10586.0"],
  ["contosoec.sys", "3.2.0.8", "3.1.9.0"],
  ["Unknown_Image", "Unknown"],
  ["padkeys.sys", "1.4.0.0", "1.3.2.0"],
  ["dockmux.sys", "2.0.7.1"],
  ["ctthermal.sys", "1.1.0.3"],
  ["ctcharge.sys", "0.9.12.0"],
];
/** Name of an IHV's customer and of its machine. */
const IHV_MACHINES = [
  { oemName: "Contoso", oemModel: "C-122" },
  { oemName: "Contoso", oemModel: "ContosoPad" },
  { oemName: "Fabrikam", oemModel: "F-900" },
  { oemName: "Unknown", oemModel: "Unknown" },
  { oemName: "Fabrikam", oemModel: "F-910 Pro" },
  { oemName: "Northwind", oemModel: "NW 14" },
  { oemName: "Contoso", oemModel: "C-140" },
  { oemName: "Litware", oemModel: "Book One" },
  { oemName: "Adventure Works", oemModel: "AW-3" },
  { oemName: "Northwind", oemModel: "NW 16" },
];
/** The machines of one OEM. */
const OEM_MACHINES = [
  { model: "101", baseboard: "750-ABX", modelFamily: "ContosoPad" },
  { model: "102", baseboard: "750-ABX", modelFamily: "ContosoPad" },
  { model: "Unknown", baseboard: "Unknown", modelFamily: "ContosoPad" },
  { model: "140", baseboard: "810-CD", modelFamily: "ContosoBook" },
  { model: "141", baseboard: "810-CE", modelFamily: "ContosoBook" },
  { model: "900", baseboard: "990-T1", modelFamily: "ContosoTower" },
  { model: "122", baseboard: "Unknown", modelFamily: "Unknown" },
];
const OLD_SYSTEMS = [
  { osName: "Windows 8.1", osVersion: "6.3.9600.17415" },
  { osName: "Windows 7", osVersion: "6.1.7601.17514" },
  { osName: "Windows 8.1", osVersion: "6.3.9600.9600" },
  { osName: "Windows 8", osVersion: "6.2.9200.16384" },
];
const NEW_SYSTEMS = [
  { osName: "Windows 10", osVersion: "10.0.14393.693" },
  { osName: "Windows 10", osVersion: "10.0.14393.0" },
  { osName: "Windows 10", osVersion: "10.0.10586.589" },
  { osName: "Windows 10", osVersion: "10.0.15063.13" },
  { osName: "Windows 10", osVersion: "10.0.10240.16384" },
];
const OLD_RINGS = ["Unknown"];
const NEW_RINGS = ["Windows 10 Retail", "Windows 10 Retail", "Windows 10 Retail", "WIS - Fast", "WIS - Slow", "Unknown"];

/** Kinds of machine and place that occurrences come from. */
const SITUATIONS = 120;

/** What {@link newFailure} and the occurrences of one family choose from. */
export function population(family, random) {
  const oem = family.name === "hardware";
  const old = family.name === "ihvdriver";
  const modules = (oem ? OEM_MODULES : IHV_DRIVERS).map(([name, ...versions]) => ({ name, versions }));
  const few = (list) => ({ list, sums: cumulated(skewed(list.length)) });
  const [markets, machines, systems] = [few(MARKETS), few(oem ? OEM_MACHINES : IHV_MACHINES), few(old ? OLD_SYSTEMS : NEW_SYSTEMS)];
  const one = ({ list, sums }) => list[random.weighted(sums)];
  const situations = Array.from({ length: SITUATIONS }, () => {
    const { osName, osVersion } = one(systems);
    return {
      osVersion,
      ...(oem ? {} : { osName }),
      market: one(markets),
      deviceType: random.pick(["PC", "PC", "PC", "PC", "Unknown"]),
      architecture: random.pick(old ? ["x64", "x64", "x86"] : ["x64", "x64", "x64", "x64", "x86", "arm64"]),
      ...one(machines),
      flightRing: random.pick(old ? OLD_RINGS : NEW_RINGS),
      ...(oem ? { mode: "Kernel" } : {}),
    };
  });
  return { modules, moduleSums: cumulated(skewed(modules.length)), situations, situationSums: cumulated(skewed(SITUATIONS, 0.7)) };
}

/** What is the same in every occurrence of one failure; its versions are the ones that have it. */
export function newFailure(family, { modules, moduleSums }, random, fixed = {}) {
  const module = fixed.module === undefined ? modules[random.weighted(moduleSums)] : modules.find(({ name }) => name === fixed.module);
  const symbol = module.name.replace(".sys", "");
  const called = random.pick(FUNCTIONS);
  const oem = family.name === "hardware";
  const shared = {
    failureName: fixed.failureName ?? `${random.pick(CLASSES)}_${symbol}!${called}`,
    failureHash: fixed.failureHash ?? random.uuid(),
    symbol: oem ? `${symbol}!${called}` : symbol,
    eventType: "System crash",
    [oem ? "moduleName" : "driverName"]: module.name,
  };
  // Most failures come with some version and go with a later one.
  const versions = module.versions.slice(0, 1 + random.below(module.versions.length));
  return { shared, versions, versionField: oem ? "moduleVersion" : "driverVersion" };
}
