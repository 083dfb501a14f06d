/** Labels that were decided as another class. */
export interface Confused {
  label: string;
  decision: string;
  rows: number;
  /** Of the label's rows. */
  share: number;
}

/** The most frequent wrong decisions, the most frequent first. counts: by label, then by decision; the last is none. */
export function confusedMost(classes: readonly string[], counts: readonly (readonly number[])[], most: number): Confused[] {
  const found = counts.flatMap((row, code) => {
    const all = row.reduce((sum, each) => sum + each, 0);
    return row.flatMap((rows, decided) => {
      const [label, decision] = [classes[code], classes[decided]];
      return rows === 0 || decided === code || label === undefined || decision === undefined ? [] : [{ label, decision, rows, share: rows / all }];
    });
  });
  return found.sort((one, other) => other.rows - one.rows).slice(0, most);
}
