import { afterEach, expect, test, vi } from 'vitest';
import { enter, keepPlace, rememberProject } from '../../src/lib/place';

afterEach(() => rememberProject(null));

function entered(pathname: string, search = '', hash = ''): string | null {
  const replaceState = vi.fn<(state: unknown, unused: string, url: string) => void>();
  enter({ location: { pathname, search, hash }, history: { state: null, replaceState } } as unknown as Window);
  return replaceState.mock.calls[0]?.[2] ?? null;
}

test('a link stays at the moment, and of the project, that are looked at', () => {
  const keep = (path: string, search: string) => keepPlace(path, new URLSearchParams(search));
  expect(keep('/alerts?alert=a', 'asOf=412&project=p&state=open')).toBe('/alerts?alert=a&asOf=412&project=p');
  expect(keep('/audit#top', 'asOf=412')).toBe('/audit?asOf=412#top');
  expect(keep('/alerts?alert=a', '')).toBe('/alerts?alert=a');
  expect(keep('/alerts?project=q', 'project=p')).toBe('/alerts?project=q');
  expect(keep('/', 'asOf=garbage&project=')).toBe('/');
});

test('who comes back by the bare address goes on with the project of the last time', () => {
  expect(entered('/')).toBeNull();
  rememberProject('UHJvamVjdDp4=');
  expect(entered('/', '', '#x')).toBe('/?project=UHJvamVjdDp4%3D#x');
});

test('a link is followed as it is', () => {
  rememberProject('p');
  expect([entered('/', '?project=q'), entered('/', '?asOf=4'), entered('/alerts'), entered('/models/m/trust')]).toEqual([null, null, null, null]);
});
