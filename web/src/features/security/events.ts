import { graphql } from '../../gql';
import type { SecurityEventFiguresFragment, SecurityEventKind } from '../../gql/graphql';
import type { Meaning } from '../../components/Meaning';
import { plural, words } from '../../lib/format';
import { actorName } from '../../lib/sentences';

/** One security event, whole. */
export const SecurityEventFigures = graphql(`
  fragment SecurityEventFigures on SecurityEvent {
    id
    kind
    reason
    subject
    address
    count
    firstAt
    lastAt
    recordedAt
    position
    actor {
      kind
      id
      name
    }
    person {
      kind
      id
      name
    }
  }
`);

/** The kinds as people read them, those that ask for a look first. */
export const KINDS: Record<SecurityEventKind, string> = {
  SIGN_IN_FAILED: 'Sign-in failed',
  CREDENTIAL_REFUSED: 'Token or key refused',
  PERMISSION_REFUSED: 'Permission refused',
  KEY_FROM_NEW_ADDRESS: 'Key from a new address',
  EXPORTED: 'Export',
  ROLE_CHANGED: 'Role changed',
  KEY_CHANGED: 'Key changed',
  PASSWORD_SET: 'Password set',
  SIGNED_IN: 'Signed in',
  SESSION_ENDED: 'Session ended',
};

const REASONS: Partial<Record<string, string>> = {
  wrong_password: 'the password was wrong',
  too_many_failures: 'after too many wrong passwords, without a look at this one',
  unverified_address: 'the password was right, the address is not confirmed',
  expired: 'it had expired',
  session_ended: 'its session had ended',
  forged: 'it was not signed here',
  revoked_key: 'the key had been revoked',
  expired_key: 'the key had expired',
  replaced_key: 'the key has another secret now',
  first_use: 'the first use of the key',
  new_address: 'never used from there before',
  audit: 'the audit trail',
  right_password: 'with the right password',
  set: 'another password holds',
  signed_out: 'signed out',
  revoked: 'ended from elsewhere',
  credentials_changed: 'the password was changed',
  reuse: 'a refresh token was used twice: somebody else had it',
};

/** Why, or what, in words; whose role it was and is, a permission by its name. */
export function reasonWords(event: Pick<SecurityEventFiguresFragment, 'kind' | 'reason' | 'person'>): string {
  if (event.kind === 'ROLE_CHANGED') {
    const [before = '', after = ''] = event.reason.split('>');
    const change = before === 'none' ? `became ${after}` : after === 'none' ? `is no longer ${before}` : `was ${before} and is ${after} now`;
    return `${actorName(event.person)} ${change}`;
  }
  if (event.kind === 'PERMISSION_REFUSED') return `lacks “${words(event.reason).toLowerCase()}”`;
  if (event.kind === 'KEY_CHANGED') return `a key was ${words(event.reason).toLowerCase()}`;
  return REASONS[event.reason] ?? words(event.reason).toLowerCase();
}

/** How much of a look an event asks for; what is usual has no colour. */
export function meaningOf(event: { kind: SecurityEventKind; reason: string }): Meaning {
  if (event.reason === 'reuse' || event.reason === 'forged' || event.reason === 'too_many_failures') return 'bad';
  if (event.reason === 'revoked_key' || event.reason === 'replaced_key') return 'watch';
  switch (event.kind) {
    case 'SIGN_IN_FAILED':
    case 'PERMISSION_REFUSED':
    case 'KEY_FROM_NEW_ADDRESS':
      return 'watch';
    case 'CREDENTIAL_REFUSED': // an expired key may be a forgotten job, and an open tab of yesterday shows an expired token all night
    default:
      return 'unknown';
  }
}

/** Whom a row names: who did it, or whose account it was where only that is known. */
export function whoWords(event: Pick<SecurityEventFiguresFragment, 'actor' | 'person'>): string {
  if (event.actor) return actorName(event.actor);
  return event.person ? `account of ${actorName(event.person)}` : 'nobody known';
}

const DAY_MILLISECONDS = 86_400_000;
const NAMED: readonly (readonly [SecurityEventKind, string, string])[] = [
  ['SIGN_IN_FAILED', 'failed sign-in', 'failed sign-ins'],
  ['PERMISSION_REFUSED', 'refused permission', 'refused permissions'],
  ['CREDENTIAL_REFUSED', 'refused token or key', 'refused tokens and keys'],
  ['KEY_FROM_NEW_ADDRESS', 'key from a new address', 'keys from new addresses'],
  ['EXPORTED', 'export', 'exports'],
];

type Counted = Pick<SecurityEventFiguresFragment, 'kind' | 'reason' | 'count' | 'lastAt'>;

/** The first glance: what of the day before a moment asks for a look. `isAll`: nothing of that day is missing. */
export function daySentence(events: readonly Counted[], until: number, isAll: boolean): string {
  const recent = events.filter(({ lastAt }) => Date.parse(lastAt) > until - DAY_MILLISECONDS);
  const oldest = events.at(-1);
  const isWhole = isAll || (oldest !== undefined && Date.parse(oldest.lastAt) <= until - DAY_MILLISECONDS);
  const when = isWhole ? 'In the last day' : `In the newest ${plural(events.length, 'entry', 'entries')}`;
  const isStolen = ({ reason }: Counted) => reason === 'reuse' || reason === 'forged';
  const times = (some: readonly Counted[]) => some.reduce((sum, { count }) => sum + count, 0);
  const parts = NAMED.flatMap(([kind, one, many]) => {
    const of = times(recent.filter((event) => event.kind === kind && !isStolen(event)));
    return of === 0 ? [] : [plural(of, one, many)];
  });
  const stolen = times(recent.filter(isStolen));
  if (stolen > 0) parts.unshift(plural(stolen, 'forged or stolen token'));
  return parts.length === 0 ? `${when} nothing was refused and nothing exported.` : `${when}: ${parts.join(', ')}.`;
}
