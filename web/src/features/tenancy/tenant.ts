import type { Permission, Role } from '../../gql/graphql';

/** What a part of an organization's or a project's settings is about, and what the reader may do there. */
export interface TenantOfTab {
  id: string;
  /** Of now; in the past nothing can be changed, so only what may be read is left. */
  permissions: readonly Permission[];
  rolesToGive: readonly Role[];
}

/** What can be done to it while it is shown as it is, or as it was. */
export function permissionsAt(permissions: readonly Permission[], isPast: boolean): readonly Permission[] {
  return isPast ? permissions.filter((each) => each.startsWith('READ')) : permissions;
}

/** What may look otherwise after somebody or something of tenancy changed: also what the reader may do. */
export const OF_TENANCY = ['Organization', 'Project', 'Member', 'ProjectMember', 'Invitation'] as const;
