import { Table } from '@mantine/core';
import { paths } from '../../components/paths';
import { PlaceLink } from '../../components/PlaceLink';
import { Time } from '../../components/Time';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { ROLES } from './roles';
import classes from './tenancy.module.css';

const ProjectRow = graphql(`
  fragment ProjectRow on Project {
    id
    name
    description
    timeZone
    archivedAt
    viewerRole
  }
`);

/** Projects, with what the reader is to each. */
export function ProjectRows({ projects }: { projects: readonly FragmentType<typeof ProjectRow>[] }) {
  return (
    <>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Project</Table.Th>
          <Table.Th>Your role</Table.Th>
          <Table.Th>Time zone</Table.Th>
          <Table.Th>State</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {readFragment(ProjectRow, projects).map((project) => (
          <Table.Tr key={project.id}>
            <Table.Td className={classes.person}>
              <PlaceLink to={paths.project(project.id)}>{project.name}</PlaceLink>
              {project.description && <div className="dim small">{project.description}</div>}
            </Table.Td>
            <Table.Td>{project.viewerRole ? ROLES[project.viewerRole].word : '–'}</Table.Td>
            <Table.Td>{project.timeZone}</Table.Td>
            <Table.Td>{project.archivedAt ? <>archived <Time at={project.archivedAt} /></> : 'in use'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </>
  );
}
