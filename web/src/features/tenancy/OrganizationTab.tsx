import { Button } from '@mantine/core';
import { useState } from 'react';
import { DeleteDialog } from '../../components/DeleteDialog';
import { FieldForm } from '../../components/FieldForm';
import { Panel } from '../../components/Panel';
import { paths } from '../../components/paths';
import { Loaded, LoadingRows } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useGo } from '../../components/useProject';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { OrganizationGeneralQuery } from '../../gql/graphql';
import { plural } from '../../lib/format';
import { LeavePanel } from './LeavePanel';
import { LONGEST_DESCRIPTION, LONGEST_DOMAIN, LONGEST_NAME } from './limits';
import { DeleteOrganization, DescribeOrganization, RenameOrganization, SetOrganizationDomain } from './organizationCommands';
import { OF_TENANCY, type TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const OrganizationGeneral = graphql(`
  query OrganizationGeneral($id: ID!, $asOf: AsOf) {
    organization(id: $id, asOf: $asOf) {
      id
      name
      description
      domain
      projects(first: 1) {
        totalCount
      }
    }
  }
`);

type Shown = NonNullable<OrganizationGeneralQuery['organization']>;

/** What an organization is called and says of itself; its end. */
export function OrganizationTab({ id, permissions }: TenantOfTab) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: OrganizationGeneral, variables: { id, asOf } });
  const mayChange = permissions.includes('MANAGE_ORGANIZATION');
  return (
    <Loaded what="The organization" result={result} onRetry={() => readAgain({ requestPolicy: 'network-only' })} loading={<LoadingRows rows={4} height={40} />}>
      {({ organization }) => organization && (
        <div className={classes.fields}>
          <Fields organization={organization} mayChange={mayChange} />
          {asOf === null && <LeavePanel organization={organization} />}
          {permissions.includes('OWN_ORGANIZATION') && <End organization={organization} />}
        </div>
      )}
    </Loaded>
  );
}

function Fields({ organization, mayChange }: { organization: Shown; mayChange: boolean }) {
  const { id: organizationId, name, description, domain } = organization;
  const rename = useCommand(RenameOrganization, () => undefined, OF_TENANCY);
  const describe = useCommand(DescribeOrganization, () => undefined, OF_TENANCY);
  const setDomain = useCommand(SetOrganizationDomain, () => undefined, OF_TENANCY);
  return (
    <Panel title="About it" note={mayChange ? undefined : 'Owners and admins can change this, as it is now.'}>
      <div className={classes.fields}>
        <FieldForm label="Name" isNeeded maxLength={LONGEST_NAME} value={name} mayChange={mayChange} command={rename} onSave={(text) => rename.send({ input: { organizationId, name: text } })} />
        <FieldForm label="Description" isLong maxLength={LONGEST_DESCRIPTION} value={description} mayChange={mayChange} command={describe} onSave={(text) => describe.send({ input: { organizationId, description: text } })} />
        <FieldForm
          label="Domain"
          description="Such as example.org. Nobody checks it, and nothing follows from it."
          maxLength={LONGEST_DOMAIN}
          value={domain ?? ''}
          mayChange={mayChange}
          command={setDomain}
          onSave={(text) => setDomain.send({ input: { organizationId, domain: text === '' ? null : text } })}
        />
      </div>
    </Panel>
  );
}

function End({ organization }: { organization: Shown }) {
  const go = useGo();
  const [isAsked, setAsked] = useState(false);
  const command = useCommand(DeleteOrganization, () => go(paths.settings), OF_TENANCY);
  const { id: organizationId, name, projects } = organization;
  return (
    <Panel title="Delete it">
      <div className={classes.danger}>
        <div>
          <p>Its projects and models are gone for all its members. The record stays, and those who belonged to it can ask about its past.</p>
          <Button variant="outline" color="red" size="xs" onClick={() => setAsked(true)}>Delete the organization</Button>
        </div>
      </div>
      {isAsked && (
        <DeleteDialog
          kind="organization"
          name={name}
          happens={[
            `end ${plural(projects.totalCount ?? 0, 'project')} with all models in them`,
            'refuse predictions and labels that programs still send there',
            'take the organization away from all its members, you included',
            'free its name for others',
          ]}
          command={command}
          onClose={() => setAsked(false)}
          onDelete={(given) => command.send({ input: { organizationId, name: given } })}
        />
      )}
    </Panel>
  );
}
