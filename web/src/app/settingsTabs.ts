import { lazy, type ComponentType } from 'react';
import type { Permission } from '../gql/graphql';
import type { TenantOfTab } from '../features/tenancy/tenant';

/** A part of a screen of settings, as it stands in the address and on the screen. */
export interface SettingsTab<Props> {
  name: string;
  label: string;
  /** Without it the part is not offered. */
  needs?: Permission;
  screen: ComponentType<Props>;
}

export const ORGANIZATION_TABS: readonly SettingsTab<TenantOfTab>[] = [
  { name: 'general', label: 'General', screen: lazy(async () => ({ default: (await import('../features/tenancy/OrganizationTab')).OrganizationTab })) },
  { name: 'members', label: 'Members', needs: 'READ_MEMBERS', screen: lazy(async () => ({ default: (await import('../features/tenancy/MembersTab')).MembersTab })) },
  { name: 'projects', label: 'Projects', screen: lazy(async () => ({ default: (await import('../features/tenancy/ProjectsTab')).ProjectsTab })) },
  {
    name: 'security', label: 'Security', needs: 'READ_SECURITY',
    screen: lazy(async () => ({ default: (await import('../features/security/SecurityTab')).SecurityTab })),
  },
  {
    name: 'reads', label: 'Reads', needs: 'READ_SECURITY',
    screen: lazy(async () => ({ default: (await import('../features/security/AccessTab')).AccessTab })),
  },
];

export const PROJECT_TABS: readonly SettingsTab<TenantOfTab>[] = [
  { name: 'general', label: 'General', screen: lazy(async () => ({ default: (await import('../features/tenancy/ProjectTab')).ProjectTab })) },
  { name: 'members', label: 'Members', needs: 'READ_MEMBERS', screen: lazy(async () => ({ default: (await import('../features/tenancy/ProjectMembersTab')).ProjectMembersTab })) },
  { name: 'rows', label: 'Keeping rows', needs: 'READ_AUDIT', screen: lazy(async () => ({ default: (await import('../features/tenancy/KeepingTab')).KeepingTab })) },
  { name: 'keys', label: 'API keys', needs: 'MANAGE_KEYS', screen: lazy(async () => ({ default: (await import('../features/tenancy/KeysTab')).KeysTab })) },
];

export const PROFILE_TABS: readonly SettingsTab<object>[] = [
  { name: 'name', label: 'Name and password', screen: lazy(async () => ({ default: (await import('../features/accounts/ProfileTab')).ProfileTab })) },
  { name: 'sessions', label: 'Sessions', screen: lazy(async () => ({ default: (await import('../features/accounts/SessionsTab')).SessionsTab })) },
  { name: 'keys', label: 'API keys', screen: lazy(async () => ({ default: (await import('../features/tenancy/OwnKeysTab')).OwnKeysTab })) },
];
