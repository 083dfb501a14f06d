import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { paths } from '../../components/paths';
import { PlaceLink } from '../../components/PlaceLink';
import { Empty, Failing, LoadingBlock } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useTitle } from '../../components/useTitle';
import { graphql } from '../../gql';
import type { OrganizationsScreenQuery } from '../../gql/graphql';
import { plural } from '../../lib/format';
import { CreateOrganizationDialog } from './CreateDialogs';
import { ProjectRows } from './ProjectRows';
import { ReceivedInvitations } from './ReceivedInvitations';
import { ROLES } from './roles';
import classes from './tenancy.module.css';

const OrganizationsScreen = graphql(`
  query OrganizationsScreen($asOf: AsOf) {
    organizations(first: 200, asOf: $asOf) {
      totalCount
      nodes {
        id
        name
        description
        viewerRole
        projects(first: 200) {
          totalCount
          nodes {
            id
            ...ProjectRow
          }
        }
      }
    }
  }
`);

type OrganizationOfList = OrganizationsScreenQuery['organizations']['nodes'][number];

/** Which organizations the reader belongs to, with their projects, and who asks them to join. */
export function SettingsPage() {
  useTitle('Organizations and projects');
  const { asOf } = useAsOf();
  const [isCreating, setCreating] = useState(false);
  const [result, readAgain] = useKeptQuery({ query: OrganizationsScreen, variables: { asOf } });
  const read = () => readAgain({ requestPolicy: 'network-only' });
  if (result.data === undefined) {
    if (!result.error) return <div className={classes.page}><LoadingBlock height={32} /><LoadingBlock height={240} /></div>;
    return <Failing what="Your organizations" error={result.error} onRetry={read} />;
  }
  const organizations = result.data.organizations.nodes;
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1>{sentenceOf(organizations, asOf !== null)}</h1>
        {asOf === null && <Button variant="default" size="xs" onClick={() => setCreating(true)}>New organization</Button>}
      </header>
      {result.error && <Failing what="The newest of your organizations" error={result.error} onRetry={read} />}
      {asOf === null && <ReceivedInvitations />}
      {organizations.length === 0 && (
        <Empty title={asOf === null ? 'Models belong to projects, and projects to an organization' : 'Move the slider to a later moment'}>
          {asOf === null && 'Found one of your own, or ask somebody who has one to invite you to theirs: the invitation comes by mail.'}
        </Empty>
      )}
      {organizations.map((organization) => <OrganizationPanel key={organization.id} organization={organization} />)}
      {isCreating && <CreateOrganizationDialog onClose={() => setCreating(false)} />}
    </div>
  );
}

function OrganizationPanel({ organization }: { organization: OrganizationOfList }) {
  const { id, name, description, viewerRole, projects } = organization;
  return (
    <Panel
      title={name}
      note={[viewerRole && `You are ${ROLES[viewerRole].one}.`, description].filter(Boolean).join(' ')}
      isFlush
      actions={<Button component={PlaceLink} to={paths.organization(id)} size="xs" variant="default">Members and settings</Button>}
    >
      {projects.nodes.length === 0 ? (
        <div className={classes.inset}>
          <p className="dim">It has no project yet. <PlaceLink to={paths.organization(id, 'projects')}>Open one</PlaceLink></p>
        </div>
      ) : (
        <Table verticalSpacing={8} highlightOnHover><ProjectRows projects={projects.nodes} /></Table>
      )}
    </Panel>
  );
}

function sentenceOf(organizations: readonly OrganizationOfList[], isPast: boolean): string {
  const projects = organizations.reduce((sum, each) => sum + (each.projects.totalCount ?? 0), 0);
  if (organizations.length === 0) return isPast ? 'You belonged to no organization then.' : 'You belong to no organization yet.';
  return `You belong${isPast ? 'ed' : ''} to ${plural(organizations.length, 'organization')} with ${plural(projects, 'project')}.`;
}
