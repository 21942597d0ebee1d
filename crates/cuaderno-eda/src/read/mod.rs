//! Reading Fakeddit's files: every row is either read or counted and named.

mod comments;
mod delimited;
mod field;
mod posts;
mod report;

pub use comments::read_comments;
pub use posts::{class_of, read_posts, read_posts_with_report};
pub use report::{Malformed, ReadReport};
