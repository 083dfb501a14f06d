import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { MorePages } from '../../components/MorePages';
import { Panel } from '../../components/Panel';
import { useAsOf } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { ProjectMembersOfQuery, Role } from '../../gql/graphql';
import { plural } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { SetProjectRole } from './memberCommands';
import { RoleChoice } from './RoleChoice';
import { RoleLegend } from './RoleLegend';
import { ROLES } from './roles';
import { OF_TENANCY, type TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const ProjectMembersOf = graphql(`
  query ProjectMembersOf($id: ID!, $after: Cursor, $asOf: AsOf) {
    viewer {
      id
    }
    project(id: $id, asOf: $asOf) {
      id
      name
      members(first: 100, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          role
          projectRole
          member {
            id
            role
            email
            actor {
              kind
              id
              name
            }
          }
        }
      }
    }
  }
`);

type ProjectMember = NonNullable<ProjectMembersOfQuery['project']>['members']['nodes'][number];

/** What the organization's members are to one of its projects. */
export function ProjectMembersTab(tenant: TenantOfTab) {
  const [total, setTotal] = useState<number | null>(null);
  return (
    <Panel
      title={total === null ? 'Members' : plural(total, 'member')}
      note="Everybody in the organization belongs to each of its projects, with the same role unless another one is given here."
      isFlush
    >
      <Table verticalSpacing={8} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Person</Table.Th>
            <Table.Th>Role in the project</Table.Th>
            <Table.Th>In the organization</Table.Th>
            <Table.Th><span className="visually-hidden">Change</span></Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody><MemberPage tenant={tenant} after={null} onTotal={setTotal} /></Table.Tbody>
      </Table>
      <div className={classes.more}><RoleLegend /></div>
    </Panel>
  );
}

function MemberPage({ tenant, after, onTotal }: { tenant: TenantOfTab; after: string | null; onTotal: (total: number) => void }) {
  const { asOf } = useAsOf();
  const [chosen, setChosen] = useState<ProjectMember | null>(null);
  const [result, readAgain] = useKeptQuery({ query: ProjectMembersOf, variables: { id: tenant.id, after, asOf } });
  const mayManage = tenant.permissions.includes('MANAGE_MEMBERS');
  return (
    <>
      <MorePages
        what="The members"
        columns={4}
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        page={result.data?.project?.members}
        onRead={(page) => page.totalCount != null && onTotal(page.totalCount)}
        more={(cursor) => <MemberPage tenant={tenant} after={cursor} onTotal={onTotal} />}
      >
        {({ nodes }) => nodes.map((each) => (
          <Table.Tr key={each.member.id}>
            <Table.Td className={classes.person}>
              {actorName(each.member.actor)}
              {each.member.actor.id === result.data?.viewer?.id && <span className={classes.tag}>you</span>}
              {each.member.email && <div className="dim small">{each.member.email}</div>}
            </Table.Td>
            <Table.Td>
              {ROLES[each.role].word}
              {each.projectRole && <span className={classes.tag}>given here</span>}
            </Table.Td>
            <Table.Td>{ROLES[each.member.role].word}</Table.Td>
            <Table.Td className="figures">
              {mayManage && each.member.role !== 'OWNER' && (
                <Button size="compact-xs" variant="default" aria-label={`Change the role of ${actorName(each.member.actor)}`} onClick={() => setChosen(each)}>Change</Button>
              )}
              {mayManage && each.member.role === 'OWNER' && <span className="dim small">may do everything everywhere</span>}
            </Table.Td>
          </Table.Tr>
        ))}
      </MorePages>
      {chosen && (
        <ProjectRoleDialog
          of={chosen}
          project={{ id: tenant.id, name: result.data?.project?.name ?? '' }}
          isSelf={chosen.member.actor.id === result.data?.viewer?.id}
          rolesToGive={tenant.rolesToGive}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}

function ProjectRoleDialog({ of, project, isSelf, rolesToGive, onClose }: {
  of: ProjectMember;
  project: { id: string; name: string };
  isSelf: boolean;
  rolesToGive: readonly Role[];
  onClose: () => void;
}) {
  const [role, setRole] = useState<Role | ''>(of.projectRole ?? '');
  const command = useCommand(SetProjectRole, onClose, OF_TENANCY);
  return (
    <FormDialog
      title={isSelf ? 'Change your role' : `Change the role of ${actorName(of.member.actor)}`}
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { projectId: project.id, memberId: of.member.id, role: role === '' ? null : role } })}
      action="Change the role"
      isReady={role !== (of.projectRole ?? '')}
    >
      <RoleChoice
        label={`In ${project.name}`}
        roles={rolesToGive}
        none={`As in the organization: ${ROLES[of.member.role].word}`}
        value={role}
        onChoose={setRole}
      />
      <p className="dim">It counts at once, in this project alone.{isSelf && ' You can’t raise it again yourself.'}</p>
    </FormDialog>
  );
}
