import { useCallback } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { keepPlace, PROJECT, rememberProject } from '../lib/place';
import { paths } from './paths';

/** What has lists that can be narrowed to a project. */
const NARROWED: readonly string[] = [paths.models, paths.alerts, paths.audit];

/** What is selected in a list, which the list of another project need not have. */
const SELECTED = ['alert', 'entry'];

/** The project that lists are narrowed to; null is all. It lives in the address, and is remembered for the next visit. */
export function useProject(): { projectId: string | null; setProject: (id: string | null) => void } {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const projectId = params.get(PROJECT) ?? '';
  const setProject = useCallback(
    (id: string | null) => {
      rememberProject(id);
      const next = new URLSearchParams(params);
      if (id === null) next.delete(PROJECT);
      else next.set(PROJECT, id);
      for (const name of SELECTED) next.delete(name);
      // Elsewhere nothing would be seen of it: the models of the project are.
      if (id !== null && !NARROWED.includes(pathname)) void navigate(keepPlace(paths.models, next));
      else void navigate({ search: next.toString() }, { replace: true });
    },
    [params, pathname, navigate],
  );
  return { projectId: projectId === '' ? null : projectId, setProject };
}

/** To another screen, at the moment and of the project that are looked at. */
export function useGo(): (path: string) => void {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  return useCallback((path: string) => void navigate(keepPlace(path, params)), [navigate, params]);
}
