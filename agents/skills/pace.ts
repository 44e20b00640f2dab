export { Pace } from '#platform';
