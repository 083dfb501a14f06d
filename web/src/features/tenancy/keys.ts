import type { KeyPermission } from '../../gql/graphql';

/** What a key may do, as people say it: in a list, and with what it means. */
export const KEY_PERMISSIONS: Record<KeyPermission, { short: string; means: string }> = {
  INGEST: { short: 'send rows', means: 'Predictions and labels, and nothing else.' },
  READ: { short: 'read', means: 'Models, their trust and alerts, and the record.' },
  WRITE: { short: 'write', means: 'Register models and versions, promote, set policies and rules, and read what that changes.' },
};

export const PERMISSIONS_IN_ORDER: readonly KeyPermission[] = ['INGEST', 'READ', 'WRITE'];

/** For how long a key may live: the usual ones, never ending, or until a day of one's own. */
export const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: 'day', label: 'Until a day …' },
  { value: 'never', label: 'It doesn’t expire' },
] as const;

/** For how long the former secret goes on to admit. */
export const OVERLAPS = [
  { value: '0', label: 'No, it ends at once' },
  { value: '1', label: 'For an hour' },
  { value: '24', label: 'For a day' },
  { value: '168', label: 'For a week' },
] as const;

/** When a key ends that is made now; null is never, undefined while the day is not chosen. */
export function endOf(life: string, day: string, now: Date): string | null | undefined {
  if (life === 'never') return null;
  if (life !== 'day') return new Date(now.getTime() + Number(life) * 86_400_000).toISOString();
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

export function permissionsInWords(permissions: readonly KeyPermission[]): string {
  return PERMISSIONS_IN_ORDER.filter((each) => permissions.includes(each))
    .map((each) => KEY_PERMISSIONS[each].short)
    .join(', ');
}
