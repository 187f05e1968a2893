//! The data set readers: on small fixtures, on hostile input, and on the real data sets.

mod bombs;
mod fixtures;
mod hostile;
mod parquet;
mod readers;
mod real;
