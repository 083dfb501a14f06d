import { Radio, Stack } from '@mantine/core';
import type { Role } from '../../gql/graphql';
import { ROLES } from './roles';

/** One of the roles that may be given, each with what it may do. `none` is what is left to another place. */
export function RoleChoice<Chosen extends Role | ''>({ label, roles, none, value, onChoose }: {
  label: string;
  roles: readonly Role[];
  none?: string;
  value: Chosen;
  onChoose: (role: Chosen) => void;
}) {
  return (
    <Radio.Group label={label} value={value} onChange={(role) => onChoose(role)}>
      <Stack gap={8} mt={8}>
        {none !== undefined && <Radio value="" label={none} />}
        {roles.map((role) => <Radio key={role} value={role} label={ROLES[role].word} description={`${ROLES[role].may.charAt(0).toUpperCase()}${ROLES[role].may.slice(1)}.`} />)}
      </Stack>
    </Radio.Group>
  );
}
