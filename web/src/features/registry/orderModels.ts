import type { ModelRowFragment } from '../../gql/graphql';

type Key = 'name' | 'version' | 'trust' | 'standing' | 'alerts' | 'freshness';

const STANDING_RANK = { BELOW_THRESHOLD: 0, NOT_ENOUGH_EVIDENCE: 1, TRUSTED: 2 } as const;

type Comparable = string | number | null;

type Of = (model: ModelRowFragment) => Comparable;

const KEYS: Record<Key, Of> = {
  name: (model) => model.name.toLowerCase(),
  version: (model) => model.production?.version.tag.toLowerCase() ?? null,
  trust: (model) => model.trust?.value ?? null,
  standing: (model) => (model.trust ? STANDING_RANK[model.trust.standing] : null),
  alerts: (model) => -model.openAlertCount,
  freshness: (model) => (model.intake.lastReceivedAt ? -Date.parse(model.intake.lastReceivedAt) : null),
};

function isKey(name: string): name is Key {
  return Object.hasOwn(KEYS, name);
}

/** Sorted by one column, what is missing last whichever way, ties by name. An unknown order is by trust, lowest first. */
export function orderModels(models: readonly ModelRowFragment[], order: string): ModelRowFragment[] {
  const isDown = order.startsWith('-');
  const name = isDown ? order.slice(1) : order;
  const keyOf = isKey(name) ? KEYS[name] : KEYS.trust;
  return models.toSorted((left, right) => {
    const a = keyOf(left);
    const b = keyOf(right);
    if (a === b) return left.name.localeCompare(right.name);
    if (a === null) return 1;
    if (b === null) return -1;
    return (a < b ? -1 : 1) * (isDown ? -1 : 1);
  });
}
