import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { Panel } from '../../components/Panel';
import { Time } from '../../components/Time';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { plural } from '../../lib/format';
import { DeclineInvitation } from './invitationCommands';
import { ROLES } from './roles';
import classes from './tenancy.module.css';

const InvitationsToMe = graphql(`
  query InvitationsToMe {
    receivedInvitations(first: 50) {
      nodes {
        id
        organizationName
        role
        state
        expiresAt
        invitedBy {
          name
        }
      }
    }
  }
`);

/** Invitations to the reader's own address that wait for an answer. */
export function ReceivedInvitations() {
  const [{ data }, readAgain] = useKeptQuery({ query: InvitationsToMe });
  const [declining, setDeclining] = useState<{ id: string; organizationName: string } | null>(null);
  const open = (data?.receivedInvitations.nodes ?? []).filter(({ state }) => state === 'OPEN');
  if (open.length === 0) return null;
  return (
    <Panel
      title={`${plural(open.length, 'invitation')} to you`}
      note="To accept, open the link in the invitation’s mail: it shows that the mail came to you."
      isFlush
    >
      <Table verticalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Organization</Table.Th>
            <Table.Th>As</Table.Th>
            <Table.Th>Good until</Table.Th>
            <Table.Th><span className="visually-hidden">Answer</span></Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {open.map((invitation) => (
            <Table.Tr key={invitation.id}>
              <Table.Td className={classes.person}>{invitation.organizationName}</Table.Td>
              <Table.Td>{ROLES[invitation.role].word}</Table.Td>
              <Table.Td><Time at={invitation.expiresAt} /></Table.Td>
              <Table.Td className="figures">
                <Button size="compact-xs" variant="default" onClick={() => setDeclining(invitation)}>Decline</Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {declining && (
        <DeclineDialog
          invitation={declining}
          onClose={() => setDeclining(null)}
          onDone={() => readAgain({ requestPolicy: 'network-only' })}
        />
      )}
    </Panel>
  );
}

function DeclineDialog({ invitation, onClose, onDone }: {
  invitation: { id: string; organizationName: string };
  onClose: () => void;
  onDone: () => void;
}) {
  const command = useCommand(DeclineInvitation, () => {
    onDone();
    onClose();
  });
  return (
    <FormDialog
      title={`Decline to join ${invitation.organizationName}`}
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { invitationId: invitation.id } })}
      action="Decline"
    >
      <p>Those who manage its members see that you declined. To join later you need another invitation.</p>
    </FormDialog>
  );
}
