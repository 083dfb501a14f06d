interface Verdicts {
  passed: number;
  failed: number;
  inconclusive: number;
}

/** How the results of one kind are judged, none left out: "2 of 14 fail, 3 can't be told". */
export function contrastSentence({ passed, failed, inconclusive }: Verdicts): string {
  const all = passed + failed + inconclusive;
  const untold = inconclusive === 0 ? '' : `${inconclusive} can't be told`;
  if (failed > 0) return `${failed} of ${all} ${failed === 1 ? 'fails' : 'fail'}${untold && `, ${untold}`}`;
  if (inconclusive === all) return all === 1 ? "it can't be told" : `none of ${all} can be told`;
  if (passed === all) return all === 1 ? 'it passes' : `all ${all} pass`;
  return `none of ${all} fails, ${untold}`;
}
