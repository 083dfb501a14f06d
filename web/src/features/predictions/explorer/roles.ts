/** What a file's columns can be. */
export type RowKind = 'predictions' | 'labels';

export interface Role {
  /** The version's name of the column, as the API takes it. */
  name: string;
  isRequired: boolean;
  meaning: string;
}

const OWN: Record<RowKind, readonly Role[]> = {
  predictions: [
    { name: 'prediction_id', isRequired: true, meaning: 'tells one prediction from another on its day' },
    { name: 'predicted_at', isRequired: true, meaning: 'when the model decided, with its time zone' },
    { name: 'decision', isRequired: true, meaning: 'one of the classes' },
    { name: 'score', isRequired: false, meaning: 'in [0, 1]' },
  ],
  labels: [
    { name: 'prediction_id', isRequired: true, meaning: 'of the prediction that it is the truth of' },
    { name: 'label', isRequired: true, meaning: 'one of the classes' },
    { name: 'predicted_at', isRequired: false, meaning: 'of that prediction, where it is known' },
    { name: 'reason', isRequired: false, meaning: 'why it replaces another label' },
  ],
};

const OF_NUMBERS: readonly Role[] = [
  ...OWN.predictions.slice(0, 2),
  { name: 'prediction', isRequired: true, meaning: 'the number that was predicted' },
];

/** Other names that programs give to these columns. */
const ALIKE: Record<string, readonly string[]> = {
  prediction_id: ['id', 'key', 'rowid', 'requestid', 'recordid'],
  predicted_at: ['time', 'timestamp', 'date', 'datetime', 'at', 'predictiontime'],
  decision: ['prediction', 'predicted', 'predictedclass', 'verdict', 'outcome'],
  prediction: ['predicted', 'predictedvalue', 'estimate', 'forecast', 'yhat', 'ypred'],
  score: ['probability', 'proba', 'p', 'predictedprobability'],
  label: ['truth', 'actual', 'target', 'y', 'groundtruth'],
};

interface Column {
  name: string;
  kind: 'NUMBER' | 'CATEGORY';
}

/** Every column that a file of predictions or labels may have. */
export function rolesOf(kind: RowKind, columns: readonly Column[], decides = true): Role[] {
  if (kind === 'labels') return OWN.labels.map((role) => (role.name === 'label' && !decides ? { ...role, meaning: 'the number that came' } : role));
  const outputs = decides ? OWN.predictions : OF_NUMBERS;
  const own = new Set(outputs.map(({ name }) => name));
  return [
    ...outputs,
    ...columns.map(({ name, kind: held }) => ({
      name: own.has(name) ? `features.${name}` : name,
      isRequired: true,
      meaning: held === 'NUMBER' ? 'a number' : 'a category',
    })),
  ];
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** By role, the file's column that seems meant; each column is one role's at most. */
export function guessed(header: readonly string[], roles: readonly Role[]): Record<string, string> {
  const found: Record<string, string> = {};
  const free = new Set(header);
  const take = (role: Role, fits: (column: string) => boolean) => {
    if (found[role.name] !== undefined) return;
    const column = header.find((each) => free.has(each) && fits(each));
    if (column === undefined) return;
    found[role.name] = column;
    free.delete(column);
  };
  for (const role of roles) take(role, (column) => column === role.name);
  for (const role of roles) take(role, (column) => plain(column) === plain(role.name));
  for (const role of roles) take(role, (column) => ALIKE[role.name]?.includes(plain(column)) ?? false);
  return found;
}

/** What the API is told of the columns: those with another name, and null for those that are left out. Undefined for nothing. */
export function columnsOf(header: readonly string[], chosen: Readonly<Record<string, string>>): Record<string, string | null> | undefined {
  const roleOf = new Map(Object.entries(chosen).map(([role, column]) => [column, role]));
  const told = header.filter((column) => roleOf.get(column) !== column).map((column) => [column, roleOf.get(column) ?? null] as const);
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

/** The roles that must be there and are not. */
export function lacking(roles: readonly Role[], chosen: Readonly<Record<string, string>>): string[] {
  return roles.filter(({ name, isRequired }) => isRequired && !chosen[name]).map(({ name }) => name);
}
