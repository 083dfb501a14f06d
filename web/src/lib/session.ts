import { useSyncExternalStore } from 'react';

/** Who is signed in, and until when their token holds. It is in memory alone: the browser keeps what renews it. */
export interface Session {
  /** Another one means that nothing which was read before may be shown, or that it has to be asked for anew. */
  key: string;
  accessToken: string;
  expiresAt: string;
  name: string | null;
  email: string | null;
}

/** What the API answers to whoever has come in. */
export interface Begun {
  accessToken: string;
  expiresAt: string;
  viewer: { id: string; name?: string | null; email?: string | null };
}

/** What tabs tell one another. */
type Told = { kind: 'begun'; begun: Begun } | { kind: 'ended' };

/** In local storage as long as somebody is signed in in this browser: the id of the next renewal, the same in all tabs. */
const NEXT_RENEWAL = 'cdt.renewal';

const listeners = new Set<() => void>();
let current: Session | null = null;
let hasExpired = false;
let refusals = 0;

const tabs = new BroadcastChannel('cdt.session');
tabs.onmessage = ({ data }: MessageEvent<Told>) => {
  if (data.kind === 'begun') take(data.begun);
  else leave(false);
};

function tell(): void {
  for (const listener of listeners) listener();
}

function take({ accessToken, expiresAt, viewer }: Begun): void {
  const { id, name = null, email = null } = viewer;
  current = { key: `${id} ${refusals}`, accessToken, expiresAt, name, email };
  hasExpired = false;
  tell();
}

function leave(isExpired: boolean): void {
  current = null;
  hasExpired = isExpired;
  tell();
}

export function currentSession(): Session | null {
  return current;
}

/** Somebody has come in, or goes on: in every tab. */
export function beginSession(begun: Begun): void {
  if (nextRenewal() === null) planRenewal();
  take(begun);
  tabs.postMessage({ kind: 'begun', begun } satisfies Told);
}

/** The person is called otherwise from now on. */
export function renameInSession(name: string): void {
  if (current === null) return;
  current = { ...current, name };
  tell();
}

/** The user left of their own will: every tab. */
export function endSession(): void {
  localStorage.removeItem(NEXT_RENEWAL);
  leave(false);
  tabs.postMessage({ kind: 'ended' } satisfies Told);
}

/** The server no longer takes the token, nor renews it: back to signing in, with the place kept by the router. */
export function expireSession(): void {
  localStorage.removeItem(NEXT_RENEWAL);
  if (current !== null) leave(true);
}

export function sessionHasExpired(): boolean {
  return hasExpired;
}

/** What is shown was refused: the next token is to have it asked for anew. */
export function noteRefusal(): void {
  refusals += 1;
}

export function nextRenewal(): string | null {
  return localStorage.getItem(NEXT_RENEWAL);
}

/** The one that was planned is done. */
export function planRenewal(): void {
  localStorage.setItem(NEXT_RENEWAL, randomId());
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | null {
  return useSyncExternalStore(onSessionChange, currentSession);
}

/** A UUID of chance; `crypto.randomUUID` is not there where the page came in clear. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
}
