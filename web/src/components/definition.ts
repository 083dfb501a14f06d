import { shortDigest, words } from '../lib/format';

/** The parts of a measure's stored definition (JSON text) that fit beside a number, in words. */
export function definitionLines(definition: string, digest: string): [string, string][] {
  const lines: [string, string][] = [];
  try {
    const parsed: unknown = JSON.parse(definition);
    if (typeof parsed === 'object' && parsed !== null) {
      for (const [name, value] of Object.entries(parsed)) {
        const text = short(value);
        if (name !== 'measure' && text !== null) lines.push([words(name), text]);
      }
    }
  } catch {
    lines.push(['Definition', definition]);
  }
  return [...lines.slice(0, 8), ['Definition', shortDigest(digest)]];
}

function short(value: unknown): string | null {
  if (typeof value === 'string') return value.length > 60 ? null : value;
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential() : String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length > 6 ? `${value.length} values` : value.map(String).join(', ');
  return null;
}
