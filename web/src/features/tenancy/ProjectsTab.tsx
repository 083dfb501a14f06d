import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { CreateProjectDialog } from './CreateDialogs';
import { ProjectRows } from './ProjectRows';
import type { TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const ProjectsOfOrganization = graphql(`
  query ProjectsOfOrganization($id: ID!, $asOf: AsOf) {
    organization(id: $id, asOf: $asOf) {
      id
      projects(first: 200) {
        nodes {
          id
          ...ProjectRow
        }
      }
    }
  }
`);

/** An organization's projects, archived ones too. */
export function ProjectsTab({ id, permissions }: TenantOfTab) {
  const { asOf } = useAsOf();
  const [isCreating, setCreating] = useState(false);
  const [result, readAgain] = useKeptQuery({ query: ProjectsOfOrganization, variables: { id, asOf } });
  const mayCreate = permissions.includes('MANAGE_PROJECTS');
  return (
    <Panel
      title="Projects"
      note="A project has its own models, data, keys and roles."
      isFlush
      actions={mayCreate && <Button size="xs" onClick={() => setCreating(true)}>New project</Button>}
    >
      <Loaded
        what="The projects"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<div className={classes.inset}><LoadingRows rows={4} height={32} /></div>}
        isEmpty={(data) => (data.organization?.projects.nodes ?? []).length === 0}
        empty={
          <div className={classes.inset}>
            <Empty title={asOf === null ? 'No project yet' : 'There was no project then'}>
              {asOf === null && (mayCreate ? 'Models and their predictions belong to one: open the first.' : 'An owner or an admin can open one.')}
            </Empty>
          </div>
        }
      >
        {({ organization }) => <Table verticalSpacing={8} highlightOnHover><ProjectRows projects={organization?.projects.nodes ?? []} /></Table>}
      </Loaded>
      {isCreating && <CreateProjectDialog organizationId={id} onClose={() => setCreating(false)} />}
    </Panel>
  );
}
