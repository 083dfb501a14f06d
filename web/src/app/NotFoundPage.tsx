import { Empty } from '../components/states';
import { PlaceLink } from '../components/PlaceLink';
import { paths } from '../components/paths';

export function NotFoundPage() {
  return (
    <Empty title="There is nothing at this address">
      It may have been typed wrongly, or belong to a project that you are not a member of.{' '}
      <PlaceLink to={paths.models}>All models</PlaceLink>
    </Empty>
  );
}
