/**
 * Fixed names and ids, so that a test can name what it clicks. Everything else in the lists comes from the seed.
 */

/** Who can sign in. The account id is also the text of the button's `value`. */
export const PEOPLE = Object.freeze({
  alice: Object.freeze({ name: "Alice", oid: "a11ce000-0000-4000-8000-000000000001" }),
  bob: Object.freeze({ name: "Bob", oid: "b0b00000-0000-4000-8000-000000000002" }),
  carol: Object.freeze({ name: "Carol", oid: "ca401000-0000-4000-8000-000000000003" }),
});

export const CLIENT_ID = "11111111-2222-3333-4444-555555555555";
export const TENANT_ID = "22222222-3333-4444-5555-666666666666";
export const AUDIENCE = "https://manage.devcenter.microsoft.com";
export const SCOPE = `${AUDIENCE}/.default`;

/** CABs of the failure {@link FAILURES.everySize}, named by about how large they are. */
export const CABS = Object.freeze({
  kib8: "c1a51104-d682-4230-be14-7278b18e3555",
  kib64: "cc1797f9-b783-44d4-b0e5-46ae7ca668bc",
  mib1: "1d7b4184-8f18-4207-88b5-36b276363eb5",
  mib16: "fb57b37b-d364-4caf-995b-d99ae651ee18",
  mib256: "54ffb83a-e159-41d2-8158-f36f306cc01e",
  /** 8 KiB; an id that is not a UUID, as the documentation of a sibling method prints one. */
  unusualId: "012345-5dbc9-b12f-c124-9d9810f05d8b",
  /** Its `cabExpirationTime` lies in the past: `cabdownload` answers 404. */
  expired: "e8d5b1c0-0000-4000-8000-000000000404",
});

/** Values of `failureHash` in the family `ihvdriver`. */
export const FAILURES = Object.freeze({
  /** Has every CAB of {@link CABS}. */
  everySize: "f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f",
  /** 120 occurrences, each with a CAB of 64 KiB. */
  manySmall: "012e33e3-dbc9-b12f-c124-9d9810f05d8b",
  /** 24 occurrences, each with a CAB of 16 MiB. */
  manyLarge: "0d901479-bf1f-b842-76f2-3db7e4feaedd",
  /** 60 occurrences, each with a CAB of 8 KiB. */
  manyTiny: "7a3c09d1-52e8-4f6b-9c1d-08e4b7f2a650",
  /** More than 10,000 occurrences within the last 30 days, unless the catalog is made smaller. */
  huge: "3be8d0f4-91c7-4a25-b6de-5f0c72a8193e",
});

/** The product that the failures of {@link DRIVER_FAILURES} belong to; the family `driver` asks for one. */
export const APPLICATION_ID = "18430592857500421";
/** Another product of the same account, with rows of its own. */
export const OTHER_APPLICATION_ID = "13984104677400476";

/** What {@link CABS} is, for {@link DRIVER_FAILURES.everySize}. */
export const DRIVER_CABS = Object.freeze({
  kib8: "5b0e1f9a-3c7d-4e82-a1b6-d4f09c2e7a11",
  kib64: "8d2f6c04-b95e-4173-9ae8-60c3f1d7b522",
  mib1: "e41a7b38-0f6d-4c95-8b2e-97d5c0a3f633",
  mib16: "2c96d5e7-a810-4f3b-b7d4-1e8f60b9c744",
  expired: "b7f30a6c-6d21-4e58-93fc-52a9d8e1c404",
});

/** What {@link FAILURES} is, for the family `driver`. */
export const DRIVER_FAILURES = Object.freeze({
  everySize: "1fd83f6d-9fe0-96ec-2c47-ef08b65ccbed",
  /** 120 occurrences, each with a CAB of 8 KiB: more than one slice of `cabdownloadbatch` holds. */
  manyTiny: "94c1e7a2-d035-4b8f-a6e9-3f7d20b8c155",
  huge: "c05f8b3d-7e14-4d96-8a2b-e1d49f60c277",
});

/** What {@link CABS} is, for {@link HARDWARE_FAILURES.everySize}. */
export const HARDWARE_CABS = Object.freeze({
  kib8: "0a7d4e19-c6b2-4f58-9d31-8e5c70f2ab11",
  kib64: "f3918c5d-27ae-4b60-8c74-d1e6a09b3f22",
  mib1: "69e2b0f7-d84c-4135-a9ce-5b7f13d8e033",
  expired: "d16a93e0-58f7-4c2b-b04d-7e9c21f8a404",
});

/** What {@link FAILURES} is, for the family `hardware`. */
export const HARDWARE_FAILURES = Object.freeze({
  everySize: "a8e4c7d2-16f9-4b03-95ed-c27f80b1d366",
  manyTiny: "4fd72b91-e38c-4a6e-b150-9c0d6e8f2a77",
  huge: "6b19f0ae-c4d5-4837-9e62-f8a1d70b5c88",
});

/** A well-formed id that no list contains. */
export const UNKNOWN_CAB = "00000000-0000-4000-8000-000000000000";
