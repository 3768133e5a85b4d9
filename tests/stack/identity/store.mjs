/**
 * Where the provider keeps sessions, codes and tokens: in memory, gone with the process.
 * One map for all kinds of records, because the provider revokes across kinds by grant.
 */
export class Store {
  #records = new Map();
  #settings;

  constructor(settings) {
    this.#settings = settings;
  }

  /** The provider wants a class of its own per kind of record. */
  get Adapter() {
    const records = this.#records;
    const settings = this.#settings;
    return class Adapter {
      #kind;

      constructor(kind) {
        this.#kind = kind;
      }

      async upsert(id, payload, expiresIn) {
        const expiresAt = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000;
        records.set(`${this.#kind}:${id}`, { kind: this.#kind, payload: structuredClone(payload), expiresAt });
      }

      async find(id) {
        if (this.#kind === "RefreshToken" && settings.refuseRefresh) return undefined;
        return this.#alive(records.get(`${this.#kind}:${id}`));
      }

      async findByUid(uid) {
        return this.#findWhere((payload) => payload.uid === uid);
      }

      async findByUserCode(userCode) {
        return this.#findWhere((payload) => payload.userCode === userCode);
      }

      async consume(id) {
        const record = records.get(`${this.#kind}:${id}`);
        if (record) record.payload.consumed = Math.floor(Date.now() / 1000);
      }

      async destroy(id) {
        records.delete(`${this.#kind}:${id}`);
      }

      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of records) {
          if (payload.grantId === grantId) records.delete(key);
        }
      }

      #findWhere(matches) {
        for (const record of records.values()) {
          if (record.kind === this.#kind && matches(record.payload)) return this.#alive(record);
        }
        return undefined;
      }

      #alive(record) {
        return record && record.expiresAt > Date.now() ? structuredClone(record.payload) : undefined;
      }
    };
  }

  /** Signs everybody out at the provider; tokens stay as they are. */
  endSessions() {
    for (const [key, { kind }] of this.#records) {
      if (kind === "Session") this.#records.delete(key);
    }
  }
}
