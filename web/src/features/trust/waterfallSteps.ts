interface Component {
  kind: string;
  value?: number | null;
  weight: number;
  reason?: string | null;
}

export interface Step {
  kind: string;
  /** What the component takes from full trust; null when it has no evidence. */
  loss: number | null;
  /** What is left after it. */
  after: number;
  reason: string | null;
}

/** What each component takes away from 1; in a weighted mean the weights of those with evidence count as the whole. */
export function waterfallSteps(components: readonly Component[], aggregation: 'WEIGHTED_MEAN' | 'WORST' = 'WEIGHTED_MEAN'): Step[] {
  return aggregation === 'WORST' ? worstSteps(components) : meanSteps(components);
}

/** The worst component that has a weight takes all that is lost; the others take nothing. */
function worstSteps(components: readonly Component[]): Step[] {
  const values = components.flatMap(({ value, weight }) => (typeof value === 'number' && weight > 0 ? [value] : []));
  const worst = components.findIndex(({ value, weight }) => weight > 0 && value === Math.min(...values));
  let left = 1;
  return components.map(({ kind, value, reason }, place) => {
    if (typeof value !== 'number') return { kind, loss: null, after: left, reason: reason ?? null };
    const loss = place === worst ? 1 - value : 0;
    left -= loss;
    return { kind, loss, after: left, reason: reason ?? null };
  });
}

function meanSteps(components: readonly Component[]): Step[] {
  const total = components.reduce((sum, each) => sum + (typeof each.value === 'number' ? each.weight : 0), 0);
  let left = 1;
  return components.map(({ kind, value, weight, reason }) => {
    if (typeof value !== 'number' || total === 0) return { kind, loss: null, after: left, reason: reason ?? null };
    const loss = (weight / total) * (1 - value);
    left -= loss;
    return { kind, loss, after: left, reason: reason ?? null };
  });
}
