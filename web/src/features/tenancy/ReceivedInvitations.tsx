import { Button, Table, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { Panel } from '../../components/Panel';
import { Time } from '../../components/Time';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { InvitationsToMeQuery } from '../../gql/graphql';
import { plural } from '../../lib/format';
import { AcceptInvitation, DeclineInvitation } from './invitationCommands';
import { ROLES } from './roles';
import { OF_TENANCY } from './tenant';
import classes from './tenancy.module.css';

const InvitationsToMe = graphql(`
  query InvitationsToMe {
    receivedInvitations(first: 50) {
      nodes {
        id
        organizationName
        role
        state
        email
        invitedAt
        expiresAt
        invitedBy {
          name
        }
      }
    }
  }
`);

type Received = InvitationsToMeQuery['receivedInvitations']['nodes'][number];

/** As `senders/letters.py` calls it. */
const MAIL_SUBJECT = 'You are invited to an organization at CDT';

/** Invitations to the reader's own address that wait for an answer. */
export function ReceivedInvitations() {
  const [{ data }, readAgain] = useKeptQuery({ query: InvitationsToMe });
  const [answering, setAnswering] = useState<{ invitation: Received; how: 'join' | 'decline' } | null>(null);
  const open = (data?.receivedInvitations.nodes ?? []).filter(({ state }) => state === 'OPEN');
  if (open.length === 0) return null;
  const close = () => setAnswering(null);
  const done = () => readAgain({ requestPolicy: 'network-only' });
  return (
    <Panel
      title={`${plural(open.length, 'invitation')} to you`}
      note={`To join, open the link in the mail “${MAIL_SUBJECT}”, or paste it here: it shows that the mail came to you.`}
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
              <Table.Td className={classes.person}>
                {invitation.organizationName}
                <div className="dim small">{invitation.invitedBy.name ?? 'Somebody there'} asked you <Time at={invitation.invitedAt} /></div>
              </Table.Td>
              <Table.Td>{ROLES[invitation.role].word}</Table.Td>
              <Table.Td><Time at={invitation.expiresAt} /></Table.Td>
              <Table.Td>
                <div className={classes.buttons}>
                  <Button size="compact-xs" onClick={() => setAnswering({ invitation, how: 'join' })}>Join…</Button>
                  <Button size="compact-xs" variant="default" onClick={() => setAnswering({ invitation, how: 'decline' })}>Decline…</Button>
                </div>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {answering?.how === 'join' && <JoinDialog invitation={answering.invitation} onClose={close} onDone={done} />}
      {answering?.how === 'decline' && <DeclineDialog invitation={answering.invitation} onClose={close} onDone={done} />}
    </Panel>
  );
}

interface Answering extends Opener {
  invitation: Received;
}

/** Joining needs the mail's link, which the API hands out nowhere else. */
function JoinDialog({ invitation: { organizationName, role, email, invitedAt }, ...opener }: Answering) {
  const [link, setLink] = useState('');
  const command = useDialogCommand(AcceptInvitation, opener, OF_TENANCY);
  return (
    <FormDialog
      title={`Join ${organizationName}`}
      onClose={opener.onClose}
      command={command}
      onSubmit={() => command.send({ input: { link: link.trim() } })}
      action="Join"
      isReady={link.trim() !== ''}
    >
      <p>You will be {ROLES[role].one} of it: {ROLES[role].may}.</p>
      <p>The link is in the mail “{MAIL_SUBJECT}” that went to {email ?? 'your address'} <Time at={invitedAt} />. Open it there, or paste it here.</p>
      <TextInput label="Link of the mail" required autoComplete="off" data-autofocus value={link} onChange={(event) => setLink(event.currentTarget.value)} />
      <p className="dim small">No such mail? Look among unwanted ones, or ask for another invitation: this one is good once, and by its link alone.</p>
    </FormDialog>
  );
}

function DeclineDialog({ invitation, ...opener }: Answering) {
  const command = useDialogCommand(DeclineInvitation, opener);
  return (
    <FormDialog
      title={`Decline to join ${invitation.organizationName}`}
      onClose={opener.onClose}
      command={command}
      onSubmit={() => command.send({ input: { invitationId: invitation.id } })}
      action="Decline"
    >
      <p>Those who manage its members see that you declined. To join later you need another invitation.</p>
    </FormDialog>
  );
}
