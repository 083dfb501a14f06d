import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { MorePages } from '../../components/MorePages';
import { Panel } from '../../components/Panel';
import { Empty } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import type { InvitationsOfQuery } from '../../gql/graphql';
import { actorName } from '../../lib/sentences';
import { INVITATION_STATES } from './invitationStates';
import { WithdrawInvitation } from './invitationCommands';
import { InviteForm } from './InviteForm';
import { ROLES } from './roles';
import { OF_TENANCY, type TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const InvitationsOf = graphql(`
  query InvitationsOf($id: ID!, $after: Cursor, $asOf: AsOf) {
    organization(id: $id, asOf: $asOf) {
      id
      invitations(first: 50, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          role
          state
          invitee
          invitedAt
          expiresAt
          answeredAt
          invitedBy {
            kind
            id
            name
          }
        }
      }
    }
  }
`);

const REFRESH_MILLISECONDS = 10_000;

type Invited = NonNullable<InvitationsOfQuery['organization']>['invitations']['nodes'][number];

/** Whom an organization asked to join, newest first, and asking somebody. */
export function InvitationsPanel(tenant: TenantOfTab) {
  const { asOf } = useAsOf();
  const mayInvite = tenant.permissions.includes('MANAGE_MEMBERS');
  return (
    <Panel title="Invitations" note={asOf === null ? 'Good for seven days, by a link that goes to the address.' : 'As they stood then.'} isFlush>
      {mayInvite && <div className={classes.inset}><InviteForm organizationId={tenant.id} rolesToGive={tenant.rolesToGive} /></div>}
      <Table verticalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Address</Table.Th>
            <Table.Th>As</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Invited</Table.Th>
            <Table.Th><span className="visually-hidden">Withdraw</span></Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody><InvitationPage tenant={tenant} after={null} /></Table.Tbody>
      </Table>
    </Panel>
  );
}

function InvitationPage({ tenant, after }: { tenant: TenantOfTab; after: string | null }) {
  const { asOf } = useAsOf();
  const [withdrawing, setWithdrawing] = useState<Invited | null>(null);
  const [result, readAgain] = useKeptQuery({ query: InvitationsOf, variables: { id: tenant.id, after, asOf } });
  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);
  const mayWithdraw = tenant.permissions.includes('MANAGE_MEMBERS');
  return (
    <>
      <MorePages
        what="The invitations"
        columns={5}
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        page={result.data?.organization?.invitations}
        more={(cursor) => <InvitationPage tenant={tenant} after={cursor} />}
      >
        {({ nodes }) => (nodes.length === 0 && after === null ? (
          <Table.Tr>
            <Table.Td colSpan={5}>
              <Empty title={asOf === null ? 'Nobody was invited yet' : 'Nobody had been invited then'}>
                {mayWithdraw ? 'Who shall belong to it is asked by a mail; they stand here until they answer.' : 'Owners and admins invite.'}
              </Empty>
            </Table.Td>
          </Table.Tr>
        ) : nodes.map((invitation) => (
          <Table.Tr key={invitation.id}>
            <Table.Td className={classes.person}>{invitation.invitee}</Table.Td>
            <Table.Td>{ROLES[invitation.role].word}</Table.Td>
            <Table.Td>
              {INVITATION_STATES[invitation.state]}{' '}
              {invitation.state === 'OPEN' || invitation.state === 'EXPIRED' ? (
                <span className="dim small">{invitation.state === 'OPEN' && 'until '}<Time at={invitation.expiresAt} /></span>
              ) : (
                <span className="dim small"><Time at={invitation.answeredAt} /></span>
              )}
            </Table.Td>
            <Table.Td>
              <Time at={invitation.invitedAt} />
              <div className="dim small">by {actorName(invitation.invitedBy)}</div>
            </Table.Td>
            <Table.Td className="figures">
              {mayWithdraw && invitation.state === 'OPEN' && (
                <Button size="compact-xs" variant="default" onClick={() => setWithdrawing(invitation)}>Withdraw</Button>
              )}
            </Table.Td>
          </Table.Tr>
        )))}
      </MorePages>
      {withdrawing && <WithdrawDialog invitation={withdrawing} onClose={() => setWithdrawing(null)} />}
    </>
  );
}

function WithdrawDialog({ invitation, onClose }: { invitation: Invited; onClose: () => void }) {
  const command = useCommand(WithdrawInvitation, onClose, OF_TENANCY);
  return (
    <FormDialog
      title="Withdraw the invitation"
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { invitationId: invitation.id } })}
      action="Withdraw it"
      isDanger
    >
      <p>The link that went to {invitation.invitee} opens nothing any more. The address can be invited anew.</p>
    </FormDialog>
  );
}
