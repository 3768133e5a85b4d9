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

/** Values of `failureHash`. */
export const FAILURES = Object.freeze({
  /** Has every CAB of {@link CABS}. */
  everySize: "f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f",
  /** 120 occurrences, each with a CAB of 64 KiB. */
  manySmall: "012e33e3-dbc9-b12f-c124-9d9810f05d8b",
  /** 24 occurrences, each with a CAB of 16 MiB. */
  manyLarge: "0d901479-bf1f-b842-76f2-3db7e4feaedd",
});

/** A well-formed id that no list contains. */
export const UNKNOWN_CAB = "00000000-0000-4000-8000-000000000000";
