import { Menu, Table } from '@mantine/core';
import { Time } from '../../components/Time';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { actorName } from '../../lib/sentences';
import type { AskedOfMember } from './MemberDialogs';
import { RowMenu } from './RowMenu';
import { ROLES } from './roles';
import type { TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const MemberOfList = graphql(`
  fragment MemberOfList on Member {
    id
    role
    joinedAt
    email
    actor {
      kind
      id
      name
    }
  }
`);

/** One member; what may be done to them is offered, and what may not says why. */
export function MemberRow({ member, viewerId, tenant, onAsk }: {
  member: FragmentType<typeof MemberOfList>;
  viewerId: string | undefined;
  tenant: TenantOfTab;
  onAsk: (asked: AskedOfMember) => void;
}) {
  const { id, role, joinedAt, email, actor } = readFragment(MemberOfList, member);
  const isSelf = actor.id === viewerId;
  const name = actorName(actor);
  const about = { id, name, role, isSelf };
  const mayManage = tenant.permissions.includes('MANAGE_MEMBERS');
  const mayOwn = tenant.permissions.includes('OWN_ORGANIZATION');
  const refusal = tenant.rolesToGive.includes(role) ? null : 'Only an owner changes or removes an owner.';
  return (
    <Table.Tr>
      <Table.Td className={classes.person}>
        {name}
        {isSelf && <span className={classes.tag}>you</span>}
        {email && email !== name && <div className="dim small">{email}</div>}
      </Table.Td>
      <Table.Td>{ROLES[role].word}</Table.Td>
      <Table.Td><Time at={joinedAt} /></Table.Td>
      <Table.Td className="figures">
        {mayManage && (
          <RowMenu label={`Change ${name}`} refusal={refusal}>
            <Menu.Item onClick={() => onAsk({ what: 'role', member: about })}>{isSelf ? 'Change your role…' : 'Change the role…'}</Menu.Item>
            {mayOwn && !isSelf && <Menu.Item onClick={() => onAsk({ what: 'transfer', member: about })}>Make the owner in your place…</Menu.Item>}
            {!isSelf && <Menu.Item color="red" onClick={() => onAsk({ what: 'remove', member: about })}>Remove…</Menu.Item>}
          </RowMenu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
