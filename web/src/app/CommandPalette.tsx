import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { paths } from '../components/paths';
import { useAsOf } from '../components/useAsOf';
import { useKeptQuery } from '../components/useKeptQuery';
import { useGo } from '../components/useProject';
import { mayAnywhere, securityScreens, useTenants } from '../components/useTenants';
import { graphql } from '../gql';
import { MODEL_TABS } from './modelTabs';

const FindModels = graphql(`
  query FindModels($search: String, $asOf: AsOf) {
    models(first: 8, filter: { search: $search }, asOf: $asOf) {
      nodes {
        id
        name
        description
      }
    }
  }
`);

export function openCommandPalette(): void {
  spotlight.open();
}

/** Ctrl-K: to any model, page or action. */
export function CommandPalette() {
  const goTo = useGo();
  const tenants = useTenants();
  const { asOf, setAsOf } = useAsOf();
  const [search, setSearch] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [settled] = useDebouncedValue(search, 150);
  const [found] = useKeptQuery({ query: FindModels, variables: { search: settled.trim() || null, asOf }, pause: !isOpen });
  const go = (path: string) => () => goTo(path);
  const models = found.data?.models.nodes ?? [];
  const pages: (SpotlightActionData | false)[] = [
    { id: 'models', label: 'Models', description: 'All models by trust', onClick: go(paths.models) },
    { id: 'alerts', label: 'Alerts', description: 'What is open, acknowledged and resolved', onClick: go(paths.alerts) },
    mayAnywhere(tenants, 'READ_AUDIT') && { id: 'audit', label: 'Audit', description: 'Who changed what, when and why', onClick: go(paths.audit) },
    mayAnywhere(tenants, 'INGEST') && { id: 'welcome', label: 'Send predictions', description: 'Commands to copy', onClick: go(paths.welcome) },
    { id: 'settings', label: 'Organizations and projects', description: 'Members, invitations and settings', onClick: go(paths.settings) },
    ...securityScreens(tenants).map(({ id, label, to }) => ({
      id: `security ${id}`, label, description: 'Sign-ins, refusals, keys and exports', onClick: go(to),
    })),
    { id: 'account', label: 'Your account', description: 'Name and password', onClick: go(paths.profile()) },
    { id: 'sessions', label: 'Sessions', description: 'Where you are signed in', onClick: go(paths.profile('sessions')) },
    { id: 'graphiql', label: 'GraphiQL explorer', description: 'Ask the API yourself', onClick: () => window.location.assign('/graphiql') },
    ...(asOf === null ? [] : [{ id: 'now', label: 'Back to now', description: 'Leave the past', onClick: () => setAsOf(null) }]),
  ];
  return (
    <Spotlight
      shortcut={['mod + K']}
      query={search}
      onQueryChange={setSearch}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      highlightQuery
      scrollable
      maxHeight="min(60vh, 480px)"
      limit={40}
      nothingFound="Nothing has this name"
      searchProps={{ placeholder: 'Go to a model, a page or an action', 'aria-label': 'Go to a model, a page or an action' }}
      actions={[
        {
          group: 'Models',
          actions: models.map((model) => ({
            id: model.id, label: model.name, description: model.description, onClick: go(paths.model(model.id)),
          })),
        },
        { group: 'Pages and actions', actions: pages.filter((each) => each !== false) },
        {
          group: 'Parts of a model',
          actions: settled.trim() === '' ? [] : models.slice(0, 3).flatMap((model) =>
            MODEL_TABS.map(([tab, name]) => ({
              id: `${model.id} ${tab}`, label: `${model.name}: ${name}`, onClick: go(paths.model(model.id, tab)),
            })),
          ),
        },
      ]}
    />
  );
}
