//! Stories at the boundary, one module a feature.

mod edge;
