// Where the provider keeps what it issues: in memory, all of it. The one it brings along forgets the least used beyond 1000, used refresh tokens among
// them, and would then not notice that one is used again.
// What has expired is kept for a while: whether it still counts is for whoever asks to say.
const keptMs = 60_000;

export function createAdapter(knobs) {
  const entries = new Map();
  const grants = new Map();
  const uids = new Map();
  const userCodes = new Map();
  const live = (key) => {
    const entry = entries.get(key);
    if (entry && entry.until <= Date.now()) {
      entries.delete(key);
      return undefined;
    }

    return entry;
  };

  return (model) => {
    const keyOf = (id) => `${model}:${id}`;
    const adapter = {
      async upsert(id, payload, expiresIn) {
        entries.set(keyOf(id), { payload, until: typeof expiresIn === 'number' ? Date.now() + expiresIn * 1000 + keptMs : Infinity });
        if (payload.grantId && model !== 'Grant') {
          if (!grants.has(payload.grantId)) {
            grants.set(payload.grantId, new Set());
          }

          grants.get(payload.grantId).add(keyOf(id));
        }

        if (model === 'Session') {
          uids.set(payload.uid, id);
        }

        if (payload.userCode) {
          userCodes.set(payload.userCode, id);
        }
      },

      // A lenient provider takes a used refresh token for a while: knobs.grace says for how many seconds, by client.
      async find(id) {
        const entry = live(keyOf(id));
        if (entry?.consumedAt === undefined) {
          return entry?.payload;
        }

        const grace = knobs.grace[entry.payload.clientId] ?? 0;
        return Date.now() - entry.consumedAt < grace * 1000 ? entry.payload : { ...entry.payload, consumed: Math.floor(entry.consumedAt / 1000) };
      },

      findByUid: async (uid) => adapter.find(uids.get(uid)),
      findByUserCode: async (code) => adapter.find(userCodes.get(code)),

      async consume(id) {
        const entry = live(keyOf(id));
        entry.consumedAt ??= Date.now();
      },

      async destroy(id) {
        entries.delete(keyOf(id));
      },

      async revokeByGrantId(grantId) {
        for (const key of grants.get(grantId) ?? []) {
          entries.delete(key);
        }

        grants.delete(grantId);
      },
    };
    return adapter;
  };
}
