import { Link, NavLink, useSearchParams, type LinkProps, type NavLinkProps } from 'react-router';
import { keepPlace } from '../lib/place';

/** A link inside the dashboard; it stays at the moment, and of the project, that are looked at. */
export function PlaceLink({ to, ...rest }: LinkProps & { to: string }) {
  const [params] = useSearchParams();
  return <Link to={keepPlace(to, params)} {...rest} />;
}

export function PlaceNavLink({ to, ...rest }: NavLinkProps & { to: string }) {
  const [params] = useSearchParams();
  return <NavLink to={keepPlace(to, params)} {...rest} />;
}
