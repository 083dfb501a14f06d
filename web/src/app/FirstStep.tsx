import { PlaceLink } from '../components/PlaceLink';
import { paths } from '../components/paths';
import { useKeptQuery } from '../components/useKeptQuery';
import { graphql } from '../gql';

const FirstStepOf = graphql(`
  query FirstStepOf {
    organizations(first: 200) {
      nodes {
        id
        projects(first: 1) {
          totalCount
        }
      }
    }
  }
`);

/** What somebody without models does next: open a project, or send predictions. */
export function FirstStep() {
  const [{ data }] = useKeptQuery({ query: FirstStepOf });
  const organizations = data?.organizations.nodes ?? [];
  const [organization] = organizations;
  if (organization && organizations.every(({ projects }) => projects.totalCount === 0)) {
    return <>Models belong to a project, and there is none yet. <PlaceLink to={paths.organization(organization.id, 'projects')}>Open one</PlaceLink></>;
  }
  return (
    <>
      Models appear here with their trust as soon as one is registered.{' '}
      <PlaceLink to={paths.welcome}>Register one and send its first predictions</PlaceLink>
    </>
  );
}
