/** How numbers are written: thin spaces in thousands, the same decimals in a column, a missing number as a dash. */
export const MISSING = '–';
const THIN_SPACE = '\u2009';
const MINUS = '−';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);
}

function written(value: number, decimals: number): string {
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const isZero = Number(whole) === 0 && (fraction === undefined || Number(fraction) === 0);
  const sign = value < 0 && !isZero ? MINUS : '';
  return sign + grouped(whole) + (fraction === undefined ? '' : `.${fraction}`);
}

/** A count: 68785 is written 68 785. */
export function count(value: number | null | undefined): string {
  return isNumber(value) ? written(value, 0) : MISSING;
}

/** A share or a score in [0, 1], never a percentage. */
export function share(value: number | null | undefined, decimals = 2): string {
  return isNumber(value) ? written(value, decimals) : MISSING;
}

/** A limit that somebody set: two decimals, or as many as it takes to tell it from its neighbours. */
export function limit(value: number | null | undefined): string {
  if (!isNumber(value)) return MISSING;
  const [, fraction = ''] = String(Number(value.toFixed(6))).split('.');
  return written(value, Math.max(2, fraction.length));
}

/** A number with its sign, as a change or a contribution. */
export function signed(value: number | null | undefined, decimals = 2): string {
  if (!isNumber(value)) return MISSING;
  const text = written(value, decimals);
  return value > 0 && Number(value.toFixed(decimals)) > 0 ? `+${text}` : text;
}

/** A measured value, always with three decimals, so that a column lines up. */
export function measured(value: number | null | undefined): string {
  return isNumber(value) ? written(value, 3) : MISSING;
}

/** A number of any size, in a column's own unit: four digits that say something. */
export function significant(value: number | null | undefined): string {
  if (!isNumber(value)) return MISSING;
  if (value !== 0 && (Math.abs(value) >= 1e9 || Math.abs(value) < 1e-4)) return value.toExponential(2).replaceAll('-', MINUS).replace('e+', 'e');
  const rounded = Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
  const [, fraction = ''] = String(rounded).split('.');
  return written(rounded, fraction.length);
}

export function interval(value: { low: number; high: number } | null | undefined, decimals = 2): string {
  if (value === null || value === undefined) return MISSING;
  return `${written(value.low, decimals)} to ${written(value.high, decimals)}`;
}

/** Rows a second: one decimal under a hundred. */
export function rate(value: number | null | undefined): string {
  if (!isNumber(value)) return MISSING;
  return written(value, value !== 0 && Math.abs(value) < 100 ? 1 : 0);
}

/** The first signs of a digest; the whole of it stands in the title. */
export function shortDigest(digest: string | null | undefined): string {
  if (!digest) return MISSING;
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** `BELOW_THRESHOLD` and `demographic_parity_ratio` as words. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const LONGEST_NAME = 40;

/** A name within a sentence: a very long one is cut, with an ellipsis. */
export function shortName(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…` : name;
}

const ABBREVIATIONS = /\b(roc auc|auc|psi|ks)\b/gi;

/** A measure or an attribute as words, with abbreviations as they are written: `roc_auc` as "ROC AUC". */
export function measureName(name: string): string {
  return words(name).replace(ABBREVIATIONS, (text) => text.toUpperCase());
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
