import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { useCommand } from '../../components/useCommand';
import type { Role } from '../../gql/graphql';
import { ChangeMemberRole, RemoveMember, TransferOwnership } from './memberCommands';
import { RoleChoice } from './RoleChoice';
import { ROLES } from './roles';
import { OF_TENANCY } from './tenant';

export interface AskedOfMember {
  what: 'role' | 'transfer' | 'remove';
  member: { id: string; name: string; role: Role; isSelf: boolean };
}

interface Dialog {
  member: AskedOfMember['member'];
  organization: string;
  onClose: () => void;
}

/** What somebody was asked to be done to a member. */
export function MemberDialog({ asked, rolesToGive, ...rest }: { asked: AskedOfMember; organization: string; rolesToGive: readonly Role[]; onClose: () => void }) {
  const dialog = { member: asked.member, ...rest };
  switch (asked.what) {
    case 'role':
      return <RoleDialog {...dialog} rolesToGive={rolesToGive} />;
    case 'transfer':
      return <TransferDialog {...dialog} />;
    case 'remove':
      return <RemoveDialog {...dialog} />;
  }
}

function RoleDialog({ member, organization, rolesToGive, onClose }: Dialog & { rolesToGive: readonly Role[] }) {
  const [role, setRole] = useState(member.role);
  const command = useCommand(ChangeMemberRole, onClose, OF_TENANCY);
  return (
    <FormDialog
      title={member.isSelf ? 'Change your role' : `Change the role of ${member.name}`}
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { memberId: member.id, role } })}
      action="Change the role"
      isReady={role !== member.role}
    >
      <RoleChoice label={`In ${organization}`} roles={rolesToGive} value={role} onChoose={setRole} />
      <p className="dim">It counts at once. {member.isSelf && 'You can’t raise it again yourself. '}Where a project gives a role of its own, that one stays.</p>
    </FormDialog>
  );
}

function TransferDialog({ member, organization, onClose }: Dialog) {
  const command = useCommand(TransferOwnership, onClose, OF_TENANCY);
  return (
    <FormDialog
      title={`Make ${member.name} the owner in your place`}
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { memberId: member.id } })}
      action="Hand it over"
      isDanger
    >
      <p>{member.name} becomes an owner of {organization}, and you become an admin, in one. Only an owner can make you one again.</p>
    </FormDialog>
  );
}

function RemoveDialog({ member, organization, onClose }: Dialog) {
  const command = useCommand(RemoveMember, onClose, OF_TENANCY);
  return (
    <FormDialog
      title={`Remove ${member.name}`}
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { memberId: member.id } })}
      action="Remove"
      isDanger
    >
      <p>
        {member.name}, now {ROLES[member.role].one}, sees nothing of {organization} any more, at once, in all its projects. What they did stays in the
        record under their name. To come back they need another invitation.
      </p>
    </FormDialog>
  );
}
