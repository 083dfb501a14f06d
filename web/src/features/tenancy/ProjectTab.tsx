import { FieldForm } from '../../components/FieldForm';
import { Panel } from '../../components/Panel';
import { PolicyPanel } from '../../components/PolicyPanel';
import { Loaded, LoadingRows } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { ProjectGeneralQuery } from '../../gql/graphql';
import { LONGEST_DESCRIPTION, LONGEST_NAME } from './limits';
import { ChangeDefaultTrustPolicy, DescribeProject, RenameProject } from './projectCommands';
import { ProjectEnd } from './ProjectEnd';
import { ProjectSettingsForm } from './ProjectSettingsForm';
import { OF_TENANCY, type TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const ProjectGeneral = graphql(`
  query ProjectGeneral($id: ID!, $asOf: AsOf) {
    project(id: $id, asOf: $asOf) {
      id
      name
      description
      timeZone
      retentionDays
      archivedAt
      defaultTrustPolicy {
        ...PolicyFigures
      }
      organization {
        id
      }
    }
  }
`);

export type ShownProject = NonNullable<ProjectGeneralQuery['project']>;

/** What a project is for and how it is set; its archiving and its end. */
export function ProjectTab({ id, permissions }: TenantOfTab) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: ProjectGeneral, variables: { id, asOf } });
  const mayManage = permissions.includes('MANAGE_PROJECTS');
  return (
    <Loaded what="The project" result={result} onRetry={() => readAgain({ requestPolicy: 'network-only' })} loading={<LoadingRows rows={4} height={40} />}>
      {({ project }) => project && (
        <div className={classes.fields}>
          <About project={project} mayManage={mayManage} />
          <ProjectSettingsForm key={`${project.timeZone} ${project.retentionDays ?? ''}`} project={project} mayChange={mayManage && !project.archivedAt} />
          <DefaultPolicy project={project} mayChange={mayManage && !project.archivedAt} />
          {mayManage && <ProjectEnd project={project} />}
        </div>
      )}
    </Loaded>
  );
}

function DefaultPolicy({ project, mayChange }: { project: ShownProject; mayChange: boolean }) {
  const change = useCommand(ChangeDefaultTrustPolicy, () => undefined, OF_TENANCY);
  return (
    <PolicyPanel
      title="Trust policy of new models"
      note="A model begins with it when it is registered, and can be given another."
      happens={['hold for models that are registered from now on', 'leave the models that are there as they are', 'be recorded with your name and the reason']}
      policy={project.defaultTrustPolicy}
      isFailed={false}
      command={change}
      onChange={mayChange ? (wanted) => change.send({ input: { projectId: project.id, ...wanted } }) : null}
    />
  );
}

function About({ project, mayManage }: { project: ShownProject; mayManage: boolean }) {
  const { id: projectId, name, description, archivedAt } = project;
  const rename = useCommand(RenameProject, () => undefined, OF_TENANCY);
  const describe = useCommand(DescribeProject, () => undefined, OF_TENANCY);
  const mayChange = mayManage && !archivedAt;
  const why = mayManage ? 'Restore it before you change it.' : 'Owners and admins can change this, as it is now.';
  return (
    <Panel title="About it" note={mayChange ? undefined : why}>
      <div className={classes.fields}>
        <FieldForm label="Name" isNeeded maxLength={LONGEST_NAME} value={name} mayChange={mayChange} command={rename} onSave={(text) => rename.send({ input: { projectId, name: text } })} />
        <FieldForm label="What it is for" isLong maxLength={LONGEST_DESCRIPTION} value={description} mayChange={mayChange} command={describe} onSave={(text) => describe.send({ input: { projectId, description: text } })} />
      </div>
    </Panel>
  );
}
