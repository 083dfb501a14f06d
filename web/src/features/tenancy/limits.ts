/** As the server has them; a longer text is refused there. */
export const LONGEST_NAME = 200;
export const LONGEST_DESCRIPTION = 4_000;
export const LONGEST_DOMAIN = 253;
export const MOST_RETENTION_DAYS = 36_500;

/** The time zones that the browser knows, and the given one. */
export function timeZones(present: string): string[] {
  return [...new Set(['UTC', present, ...Intl.supportedValuesOf('timeZone')])];
}

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
