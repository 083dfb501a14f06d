import type { QuarantineFiguresFragment } from '../../../gql/graphql';

export type Sent = Record<string, unknown>;

/** A cell that was changed in the form: what stands in it now. */
export type Edits = Readonly<Record<string, string>>;

export interface SignatureColumn {
  name: string;
  kind: 'NUMBER' | 'CATEGORY';
}

/** A cell as the form shows it. */
export interface ShownCell {
  /** As a CSV file names it. */
  column: string;
  text: string;
  /** What is wrong with it, as a sentence; null for nothing. */
  problem: string | null;
  /** Whether the version has no such column: then it can only be taken out. */
  isForeign: boolean;
}

/** What is CDT's own of a row that is sent, by what the version makes of it. */
const OF_CLASSES: readonly string[] = ['prediction_id', 'predicted_at', 'decision', 'score'];
const OF_NUMBERS: readonly string[] = ['prediction_id', 'predicted_at', 'prediction'];
const OF_LABELS: readonly string[] = ['prediction_id', 'label', 'predicted_at', 'reason'];

/** What a version's rows are made of. */
export interface RowShape {
  columns: readonly SignatureColumn[];
  /** Whether it decides among classes; else it predicts numbers. */
  decides: boolean;
}

/** The row as an object; null where it is none, or is not kept. */
export function objectOf(sent: unknown): Sent | null {
  return typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? (sent as Sent) : null;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A feature's column, where CDT has one of that name too. */
function featureColumn(name: string, decides: boolean): string {
  return (decides ? OF_CLASSES : OF_NUMBERS).includes(name) ? `features.${name}` : name;
}

/** Every cell of a row, the wrong ones first. */
export function cellsOf(row: QuarantineFiguresFragment, { columns, decides }: RowShape): ShownCell[] {
  const sent = objectOf(row.sent);
  if (sent === null) return [];
  const problems = new Map(row.reasons.flatMap(({ column, reason }) => (column === null ? [] : [[column, reason] as const])));
  const own = row.kind === 'LABELS' ? OF_LABELS : decides ? OF_CLASSES : OF_NUMBERS;
  const features = row.kind === 'PREDICTIONS' ? (objectOf(sent.features) ?? {}) : {};
  const known = row.kind === 'PREDICTIONS' ? columns.map((column) => column.name) : [];
  const cell = (column: string, name: string, value: unknown, isForeign = false): ShownCell => ({
    column,
    text: textOf(value),
    problem: problems.get(name) ?? null,
    isForeign,
  });
  const cells = [
    ...own.map((name) => cell(name, name, sent[name])),
    ...known.map((name) => cell(featureColumn(name, decides), name, features[name])),
    ...Object.keys(sent).filter((name) => !own.includes(name) && name !== 'features').map((name) => cell(name, name, sent[name], true)),
    ...Object.keys(features).filter((name) => !known.includes(name)).map((name) => cell(featureColumn(name, decides), name, features[name], true)),
  ];
  return [...cells.filter((each) => each.problem !== null), ...cells.filter((each) => each.problem === null)];
}

/** What a text of the form says: nothing where it is empty, a number in columns of numbers if it is one. */
function valueOf(column: string, text: string, { columns, decides }: RowShape): unknown {
  if (text.trim() === '') return null;
  const isOwn = decides ? column === 'score' : column === 'prediction' || column === 'label';
  const isNumber = isOwn || columns.some(({ name, kind }) => kind === 'NUMBER' && featureColumn(name, decides) === column);
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The changed cells, as the API takes them. A cell that the version has no column for is taken out when it is emptied. */
export function mended(row: QuarantineFiguresFragment, edits: Edits | undefined, shape: RowShape) {
  const shown = new Map(cellsOf(row, shape).map((each) => [each.column, each]));
  return Object.entries(edits ?? {})
    .filter(([column, text]) => shown.get(column)?.text !== text)
    .map(([column, text]) => {
      const isRemoved = shown.get(column)?.isForeign === true && text.trim() === '';
      return isRemoved ? { column, isRemoved } : { column, value: valueOf(column, text, shape) };
    });
}

export const KINDS = {
  TYPE: 'Wrong type',
  RANGE: 'Out of bounds',
  CATEGORY: 'Unknown category',
  MISSING: 'Missing',
  TIME: 'Impossible time',
  COLUMN: 'Unknown column',
  FORM: 'No row',
  CONFLICT: 'Id is taken',
  BATCH: 'Rejected with its batch',
} as const;

export const STATES = {
  OPEN: 'Rejected',
  MARKED: 'Taken in, marked',
  RESOLVED: 'Sent again',
  DISCARDED: 'Thrown away',
} as const;

/** The first glance: how many rows wait for somebody. */
export function sentenceOf(total: number, isNarrowed: boolean): string {
  const rows = `${total.toLocaleString('en')} ${total === 1 ? 'row' : 'rows'}`;
  if (isNarrowed) return total === 0 ? 'No row fits' : `${rows} that ${total === 1 ? 'fits' : 'fit'}`;
  return total === 0 ? 'No rejected row waits' : `${rows} ${total === 1 ? 'was' : 'were'} rejected and ${total === 1 ? 'waits' : 'wait'} to be mended`;
}
