import { useSyncExternalStore } from 'react';

/** Who is signed in in this tab, and until when. */
export interface Session {
  accessToken: string;
  expiresAt: string;
  name: string | null;
  email: string | null;
}

/** What the API answers to whoever has come in. */
export interface Begun {
  accessToken: string;
  expiresAt: string;
  viewer: { name?: string | null; email?: string | null };
}

/** Shared with GraphiQL, which is served from the same origin. */
export const SESSION_KEY = 'cdt.session';

const listeners = new Set<() => void>();
let current: Session | null = read();
let hasExpired = false;

function read(): Session | null {
  try {
    const text = sessionStorage.getItem(SESSION_KEY);
    const session = text === null ? null : (JSON.parse(text) as Session);
    return session !== null && isValid(session) ? session : null;
  } catch {
    return null;
  }
}

function isValid(session: Session): boolean {
  return typeof session.accessToken === 'string' && Date.parse(session.expiresAt) > Date.now();
}

function tell(): void {
  for (const listener of listeners) listener();
}

export function currentSession(): Session | null {
  return current;
}

export function beginSession({ accessToken, expiresAt, viewer }: Begun): void {
  const session = { accessToken, expiresAt, name: viewer.name ?? null, email: viewer.email ?? null };
  current = session;
  hasExpired = false;
  sessionStorage.setItem(SESSION_KEY, JSON.stringify(session));
  tell();
}

/** The person is called otherwise from now on. */
export function renameInSession(name: string): void {
  if (current !== null) beginSession({ ...current, viewer: { name, email: current.email } });
}

/** The user left of their own will. */
export function endSession(): void {
  current = null;
  hasExpired = false;
  sessionStorage.removeItem(SESSION_KEY);
  tell();
}

/** The server no longer takes the token: back to signing in, with the place kept by the router. */
export function expireSession(): void {
  if (current === null) return;
  current = null;
  hasExpired = true;
  sessionStorage.removeItem(SESSION_KEY);
  tell();
}

export function sessionHasExpired(): boolean {
  return hasExpired;
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | null {
  return useSyncExternalStore(onSessionChange, currentSession);
}
