import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import type { Role } from '../../gql/graphql';
import { InviteMember } from './invitationCommands';
import { ROLES, roleOptions } from './roles';
import { OF_TENANCY } from './tenant';
import classes from './tenancy.module.css';

/** Ask somebody to join, by their address and with a role. */
export function InviteForm({ organizationId, rolesToGive }: { organizationId: string; rolesToGive: readonly Role[] }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('MEMBER');
  const [invited, setInvited] = useState<string | null>(null);
  const { send, isBusy, failure } = useCommand(InviteMember, ({ invitation }) => {
    setInvited(invitation?.invitee ?? email.trim());
    setEmail('');
  }, OF_TENANCY);
  return (
    <form
      className={classes.invite}
      onSubmit={(event) => {
        event.preventDefault();
        setInvited(null);
        void send({ input: { organizationId, email: email.trim(), role } });
      }}
    >
      <div className={classes.inviteLine}>
        <TextInput label="Email" type="email" required autoComplete="off" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
        <Select label="Role" allowDeselect={false} data={roleOptions(rolesToGive)} value={role} onChange={(chosen) => setRole((chosen ?? 'MEMBER'))} />
        <Button type="submit" loading={isBusy} disabled={email.trim() === ''}>Invite</Button>
      </div>
      <p className="dim small">{ROLES[role].word}: {ROLES[role].may}.</p>
      <Refused failure={failure} />
      <p role="status">{invited !== null && `A mail with the link is on its way to ${invited}.`}</p>
    </form>
  );
}
