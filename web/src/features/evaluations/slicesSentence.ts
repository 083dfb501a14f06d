interface Judged {
  name: string;
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | null;
}

const MOST_NAMES = 3;

/** What there is to know at a glance: which slices fail, else how many could be told. */
export function slicesSentence(slices: readonly Judged[]): string {
  const failing = slices.filter((each) => each.verdict === 'FAIL').map((each) => each.name);
  if (failing.length > 0) {
    const named = failing.slice(0, MOST_NAMES);
    const more = failing.length - named.length;
    return `Failing: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
  }
  const passing = slices.filter((each) => each.verdict === 'PASS').length;
  if (passing === slices.length) return slices.length === 1 ? 'It passes.' : `All ${slices.length} pass.`;
  return passing === 0 ? 'None fails, and none is sure to pass.' : `None fails; ${passing} of ${slices.length} ${passing === 1 ? 'passes' : 'pass'} for sure.`;
}
