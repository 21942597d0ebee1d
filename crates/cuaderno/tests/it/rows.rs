//! Rows of tables are learnt from as pictures are.

use cuaderno::prelude::*;
use std::error::Error;

type Done = Result<(), Box<dyn Error>>;

cnn! { Line: [1] => [dense(1)] }
cnn! { Sides: [2] => [dense(8), relu, dense(2), softmax] }
cnn! { Fused: [4] => [dense(2), softmax] }

/// Points, those above the diagonal in a class of their own.
fn points(count: i32) -> PolarsResult<DataFrame> {
    let x: Vec<i32> = (0..count).map(|index| index * 37 % 101).collect();
    let y: Vec<i32> = (0..count).map(|index| index * 53 % 97).collect();
    let class: Vec<&str> = x.iter().zip(&y).map(|(x, y)| if y > x { "above" } else { "below" }).collect();
    let sum: Vec<f64> = x.iter().zip(&y).map(|(x, y)| f64::from(2 * x - y)).collect();
    df!("x" => x, "y" => y, "class" => class, "sum" => sum)
}

fn says<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>, words: &[&str]) {
    let message = match result {
        Ok(value) => panic!("no error but {value:?}"),
        Err(error) => error.to_string(),
    };
    assert!(!message.contains('\n') && words.iter().all(|word| message.contains(word)), "{message}");
}

#[test]
fn columns_are_standardized_by_the_training_part() -> Done {
    let train =
        Rows::from_table(&df!("x" => [1, 2, 3, 6], "class" => ["a", "b", "a", "b"])?, "x", "class")?.standardized();
    // sklearn.preprocessing.StandardScaler().fit([[1], [2], [3], [6]]): mean_ 3, scale_ 1.870829
    let expected = [-1.069_045, -0.534_522_5, 0.0, 1.603_567_5];
    (0..4).for_each(|row| assert!((train.row(row)[0] - expected[row]).abs() < 1e-6));
    let test = train.like(&df!("class" => ["b"], "x" => [5.0])?)?;
    assert!((test.row(0)[0] - 1.069_045).abs() < 1e-6);
    assert_eq!((test.class_names(), test.label(0)), (&["a".to_string(), "b".to_string()][..], 1));
    assert_eq!(train.like(&df!("x" => [5])?)?.class_names().len(), 0);
    says(train.like(&df!("x" => [5], "class" => ["c"])?), &["row 0 is \"c\"", "a, b"]);
    says(train.like(&df!("y" => [5])?), &["no column \"x\""]);
    let large = df!("x" => [1.0, 1e300], "class" => ["a", "b"])?;
    says(Rows::from_table(&large, "x", "class"), &["1 value is too large for 32 bits, the first, 1e300, in row 1"]);
    let constant = Rows::from_table(&df!("x" => [7, 7], "class" => ["a", "b"])?, "x", "class")?.standardized();
    assert_eq!(constant.row(1), [0.0]);
    Ok(())
}

#[test]
fn classes_are_learnt_from_columns() -> Done {
    let (train, test) = (points(300)?, points(400)?.tail(Some(100)));
    let train = Rows::from_table(&train, ["x", "y"], "class")?.standardized();
    let mut model = Sides::new(1);
    let how = Fit::new().epochs(30).optimizer(Optimizer::adam(0.02)).validation_split(0.2).quiet();
    model.fit(&train, &how)?;
    let test = train.like(&test)?;
    assert!(model.evaluate(&test)?.accuracy > 0.9, "{:?}", model.evaluate(&test)?.accuracy);
    // rows on another scale are no question it could answer
    let raw = Rows::from_table(&points(20)?, ["x", "y"], "class")?;
    says(model.evaluate(&raw), &["rows of x, y, in training rows of x, y; standardized", "train.like(&table)"]);
    says(model.predict(&raw.standardized()), &["by other means and deviations"]);
    // the lazy table gives the same rows
    let lazy = Rows::from_table(&points(300)?.lazy(), ["x", "y"], "class")?.standardized();
    assert_eq!(lazy.row(7), train.row(7));
    Ok(())
}

#[test]
fn numbers_are_learnt_from_columns() -> Done {
    let train = Rows::regression(&points(200)?, "x", "sum")?;
    says(Line::new(1).evaluate(&train), &["numbers (sum)", "evaluate_regression"]);
    let rows = Rows::regression(&points(200)?, ["x"], ["y"])?.standardized();
    let mut model = Line::new(1);
    model.fit(&rows, &Fit::new().epochs(40).optimizer(Optimizer::adam(0.5)).quiet())?;
    let found = model.evaluate_regression(&rows)?;
    // a straight line through points that scatter evenly explains next to nothing, and its errors are about a quarter of the range
    assert!(found.r2().abs() < 0.2 && (15.0..35.0).contains(&found.mae()), "{} {}", found.r2(), found.mae());
    Ok(())
}

#[test]
fn two_sets_of_the_same_examples_stand_side_by_side() -> Done {
    let table = points(60)?;
    let (one, other) =
        (Rows::from_table(&table, ["x", "y"], "class")?, Rows::from_table(&table, ["sum", "y"], "class")?);
    let both = one.beside(&other)?;
    assert_eq!((both.row(3).len(), both.label(3)), (4, one.label(3)));
    Fused::new(1).fit(&both, &Fit::new().quiet())?;
    assert_eq!(both.subset(&[3, 1])?.row(1), both.row(1));
    says(one.beside(&other.subset(&[0])?), &["1 beside 60 rows"]);
    says(one.beside(&other.subset(&(0..60).rev().collect::<Vec<_>>())?), &["the class of a row", "same order"]);
    says(Rows::from_table(&table, ["x", "class"], "class"), &["is to be predicted and stands among"]);
    Ok(())
}

#[test]
fn pictures_are_found_by_a_table() -> Done {
    let folder = tempfile::tempdir()?;
    for name in ["7.png", "8.png", "deep/9.png"] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().ok_or("below the folder")?)?;
        cuaderno::image::RgbImage::new(4, 4).save(path)?;
    }
    std::fs::write(folder.path().parent().ok_or("in a folder")?.join("outside-of-it.png"), "")?;
    let table = df!("id" => [7, 8, 10], "class" => [Some("a"), None, Some("b")])?;
    let set = ImageSet::from_table(&table, "id", "class", folder.path(), [2, 2])?;
    assert_eq!((set.len(), set.name(0)?, set.missing()), (1, "7", &["10".to_string()][..]));
    let class = |table: DataFrame| Ok::<_, PolarsError>(table.column("class")?.str()?.get(0).map(str::to_owned));
    assert_eq!(class(set.rows_of(&table, "id")?)?.as_deref(), Some("a"));
    says(set.rows_of(&table.tail(Some(2)), "id"), &["picture \"7\" has no row", "\"id\""]);
    let paths = df!("file" => ["deep/9.png", "8.png", "../outside-of-it.png"], "label" => [1, 0, 1])?;
    let set = ImageSet::from_table(&paths, "file", "label", folder.path(), [2, 2])?;
    assert_eq!((set.len(), set.labels(), set.unreadable().len()), (2, vec![1, 0], 1));
    says(ImageSet::from_table(&paths, "name", "label", folder.path(), [2, 2]), &["no column \"name\""]);
    Ok(())
}
