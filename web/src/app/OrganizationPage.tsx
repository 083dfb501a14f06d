import { useParams } from 'react-router';
import { paths } from '../components/paths';
import { PlaceLink } from '../components/PlaceLink';
import { Empty, Failing, isForbidden } from '../components/states';
import { Time } from '../components/Time';
import { useAsOf } from '../components/useAsOf';
import { useKeptQuery } from '../components/useKeptQuery';
import { useTitle } from '../components/useTitle';
import { ROLES } from '../features/tenancy/roles';
import { permissionsAt } from '../features/tenancy/tenant';
import { graphql } from '../gql';
import { plural } from '../lib/format';
import { ChosenTab } from './ChosenTab';
import { SettingsFrame, SettingsLoading } from './SettingsFrame';
import { ORGANIZATION_TABS } from './settingsTabs';

const OrganizationScreen = graphql(`
  query OrganizationScreen($id: ID!, $asOf: AsOf) {
    organization(id: $id, asOf: $asOf) {
      id
      name
      viewerRole
      permissions
      rolesToGive
      createdAt
      projects(first: 1) {
        totalCount
      }
    }
  }
`);

/** One organization: what it is, who belongs to it, and its projects. */
export function OrganizationPage() {
  const { id = '', tab = 'general' } = useParams();
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: OrganizationScreen, variables: { id, asOf } });
  const organization = result.data?.organization;
  useTitle(organization?.name);
  if (result.data === undefined && !isForbidden(result.error)) {
    if (!result.error) return <SettingsLoading />;
    return <Failing what="The organization" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />;
  }
  if (!organization) {
    return (
      <Empty title={asOf === null ? 'There is no such organization' : 'This organization was not there then'}>
        It may have been deleted, or you don’t belong to it. <PlaceLink to={paths.settings}>Your organizations</PlaceLink>
      </Empty>
    );
  }
  const permissions = permissionsAt(organization.permissions, asOf !== null);
  const offered = ORGANIZATION_TABS.filter(({ needs }) => needs === undefined || permissions.includes(needs));
  const role = organization.viewerRole;
  return (
    <SettingsFrame
      where={null}
      title={organization.name}
      sentence={
        <>
          {role && `You are ${ROLES[role].one} of it. `}It has {plural(organization.projects.totalCount ?? 0, 'project')} and was founded{' '}
          <Time at={organization.createdAt} />.
        </>
      }
      label="Parts of the organization"
      tabs={offered.map(({ name, label }) => ({ name, to: paths.organization(id, name), label }))}
      chosen={tab}
    >
      <ChosenTab tabs={ORGANIZATION_TABS} tab={tab} permissions={permissions} of={{ id, permissions, rolesToGive: organization.rolesToGive }} />
    </SettingsFrame>
  );
}
