import { AS_OF, readAsOf } from './asOf';

/** The project that lists are narrowed to, in the address; without it they are of all. */
export const PROJECT = 'project';

/** Narrowed to as well where the dashboard is entered by its bare address. */
const REMEMBERED = 'cdt.project';

/** A path inside the dashboard at the moment, and of the project, that an address tells. */
export function keepPlace(path: string, from: URLSearchParams): string {
  const [before = '', hash] = path.split('#');
  const [pathname = '', search = ''] = before.split('?');
  const params = new URLSearchParams(search);
  const kept = [[AS_OF, readAsOf(from)], [PROJECT, from.get(PROJECT)]] as const;
  for (const [name, value] of kept) if (value && !params.has(name)) params.set(name, value);
  const query = params.toString();
  return `${pathname}${query && `?${query}`}${hash === undefined ? '' : `#${hash}`}`;
}

export function rememberedProject(): string | null {
  return localStorage.getItem(REMEMBERED);
}

export function rememberProject(id: string | null): void {
  if (id === null) localStorage.removeItem(REMEMBERED);
  else localStorage.setItem(REMEMBERED, id);
}

/** Whoever opens the dashboard by its bare address goes on with the project of the last time; a link is followed as it is. */
export function enter({ location, history }: Pick<Window, 'location' | 'history'>): void {
  const id = rememberedProject();
  if (id === null || location.pathname !== '/' || location.search !== '') return;
  history.replaceState(history.state, '', `/?${new URLSearchParams({ [PROJECT]: id }).toString()}${location.hash}`);
}
