import { graphql } from '../gql';
import type { Permission, TenantsQuery } from '../gql/graphql';
import { paths } from './paths';
import { useAsOf } from './useAsOf';
import { useKeptQuery } from './useKeptQuery';

const Tenants = graphql(`
  query Tenants($asOf: AsOf) {
    organizations(first: 200, asOf: $asOf) {
      nodes {
        id
        name
        permissions
        projects(first: 200) {
          nodes {
            id
            name
            archivedAt
            permissions
          }
        }
      }
    }
  }
`);

export type TenantOfReader = TenantsQuery['organizations']['nodes'][number];

/** The organizations and projects of the reader, with what they may do there; undefined until that is known. */
export function useTenants(): readonly TenantOfReader[] | undefined {
  const { asOf } = useAsOf();
  const [{ data }] = useKeptQuery({ query: Tenants, variables: { asOf } });
  return data?.organizations.nodes;
}

/** What leads to the security events of each organization that shows them to the reader. */
export function securityScreens(tenants: readonly TenantOfReader[] | undefined): { id: string; label: string; to: string }[] {
  const shown = (tenants ?? []).filter(({ permissions }) => permissions.includes('READ_SECURITY'));
  return shown.map(({ id, name }) => ({ id, label: shown.length === 1 ? 'Security' : `Security of ${name}`, to: paths.organization(id, 'security') }));
}

/** Whether the reader may do it anywhere, as far as it is known. */
export function mayAnywhere(tenants: readonly TenantOfReader[] | undefined, permission: Permission): boolean {
  if (tenants === undefined) return true;
  return tenants.some(({ permissions, projects }) => permissions.includes(permission) || projects.nodes.some((each) => each.permissions.includes(permission)));
}
