import { beginSession, currentSession, expireSession, nextRenewal, noteRefusal, onSessionChange, planRenewal, type Begun } from './session';

/** What shows the API that a page of ours asks, for which the browser keeps the refresh token. */
export const FROM_A_PAGE = { 'x-csrf-token': '1' };

const BEFORE_END_MILLISECONDS = 120_000;
const SOONEST_MILLISECONDS = 60_000;
const AGAIN_MILLISECONDS = 15_000;
const ANSWER_MILLISECONDS = 10_000;
const MINUTE_MILLISECONDS = 60_000;
/** A token that is refused however often it is renewed is not to be renewed for ever. */
const MOST_IN_A_MINUTE = 3;
const TOLD_MILLISECONDS = 1_000;

const REFRESH = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    __typename
    ... on RefreshSessionPayload { accessToken expiresAt viewer { id name email } }
  }
}`;

type Answer = { __typename: 'RefreshSessionPayload' } & Begun;
interface Answered {
  data?: { refreshSession: Answer | { __typename: 'UnauthenticatedError' } | { __typename: 'RateLimitedError' } };
}

/** What became of a renewal; `away` means that nobody knows, and that it may be tried again. */
export type Renewal = 'renewed' | 'over' | 'away';

let timer: ReturnType<typeof setTimeout> | undefined;
let recovered: number[] = [];
let running: Promise<Renewal> | null = null;

/** Renew the token of all tabs, once, whichever of them come to it at the same moment. */
export function renew(): Promise<Renewal> {
  running ??= alone(renewed(currentSession()?.accessToken, nextRenewal())).finally(() => {
    running = null;
  });
  return running;
}

/** When a page is loaded: go on with the session that the browser has. */
export async function resume(): Promise<void> {
  if (nextRenewal() !== null) await renew();
}

/** The API took the token for none: with another one everything is asked for anew, or the session has ended. */
export async function recover(): Promise<void> {
  const now = Date.now();
  recovered = [...recovered.filter((at) => now - at < MINUTE_MILLISECONDS), ...(running === null ? [now] : [])];
  if (recovered.length > MOST_IN_A_MINUTE) {
    expireSession();
    return;
  }
  noteRefusal();
  await renew();
}

/** Renew the token before it ends, from now on. */
export function keepRenewing(): () => void {
  const plan = () => {
    clearTimeout(timer);
    const session = currentSession();
    if (session === null) return;
    const left = Date.parse(session.expiresAt) - Date.now() - BEFORE_END_MILLISECONDS;
    wait(Math.max(left, SOONEST_MILLISECONDS));
  };
  const stop = onSessionChange(plan);
  plan();
  return () => {
    stop();
    clearTimeout(timer);
  };
}

function wait(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    void renew().then((outcome) => {
      if (outcome === 'away') wait(AGAIN_MILLISECONDS);
    });
  }, milliseconds);
}

/** Of all tabs one at a time. Where a page came in clear there are no locks; then the one id for all has to do. */
async function alone(act: () => Promise<Renewal>): Promise<Renewal> {
  const { locks } = navigator as { locks?: LockManager | null };
  return locks ? locks.request('cdt.renewal', act) : act();
}

function renewed(before: string | undefined, planned: string | null): () => Promise<Renewal> {
  return async () => {
    if (nextRenewal() !== planned) await told(before);
    const session = currentSession();
    if (session !== null && session.accessToken !== before) return 'renewed';
    const commandId = nextRenewal();
    if (commandId === null) {
      expireSession();
      return 'over';
    }
    const answer = await asked(commandId);
    if (answer === 'away') return 'away';
    if (answer === 'over') {
      expireSession();
      return 'over';
    }
    // Until here a lost answer is asked for again under the same id, also by a page that was loaded anew.
    if (nextRenewal() === commandId) planRenewal();
    if (nextRenewal() !== null) beginSession(answer);
    return 'renewed';
  };
}

/** Another tab has renewed the token, and is about to tell. */
function told(before: string | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      if (currentSession()?.accessToken === before) return;
      stop();
      resolve();
    };
    const stop = onSessionChange(done);
    setTimeout(() => {
      stop();
      resolve();
    }, TOLD_MILLISECONDS);
    done();
  });
}

async function asked(commandId: string): Promise<Begun | 'over' | 'away'> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...FROM_A_PAGE },
      body: JSON.stringify({ query: REFRESH, variables: { input: { commandId } } }),
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    });
    const answer = ((await response.json()) as Answered).data?.refreshSession;
    if (answer?.__typename === 'RefreshSessionPayload') return answer;
    return answer?.__typename === 'UnauthenticatedError' ? 'over' : 'away';
  } catch {
    return 'away';
  }
}
