# The visual programs of the benchmark: written for it, in the style of programs that language models
# write against the ImagePatch API. Each starts at a line `# === name`. They are not run from here.
# === what_color
def execute_command(image):
    image_patch = ImagePatch(image)
    car_patches = image_patch.find("car")
    if len(car_patches) == 0:
        return image_patch.simple_query("What color is the car?")
    car_patch = car_patches[0]
    return car_patch.simple_query("What color is the car?")
# === exists_and
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    has_cat = image_patch.exists("cat")
    has_dog = image_patch.exists("dog")
    return bool_to_yesno(has_cat and has_dog)
# === exists_or_attribute
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    is_red_cup = any(cup.verify_property("cup", "red") for cup in image_patch.find("cup"))
    is_blue_plate = any(plate.verify_property("plate", "blue") for plate in image_patch.find("plate"))
    return bool_to_yesno(is_red_cup or is_blue_plate)
# === left_of
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    lamp_patches = image_patch.find("lamp")
    bed_patches = image_patch.find("bed")
    if len(lamp_patches) == 0 or len(bed_patches) == 0:
        return "no"
    lamp_patch = lamp_patches[0]
    bed_patch = bed_patches[0]
    return bool_to_yesno(lamp_patch.horizontal_center < bed_patch.horizontal_center)
# === which_side
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    bowl_patches = image_patch.find("bowl")
    if len(bowl_patches) == 0:
        return "left"
    bowl_patch = bowl_patches[0]
    if bowl_patch.horizontal_center < image_patch.horizontal_center:
        return "left"
    return "right"
# === count_objects
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    bird_patches = image_patch.find("bird")
    return str(len(bird_patches))
# === count_filtered
def execute_command(image):
    image_patch = ImagePatch(image)
    shirt_patches = image_patch.find("shirt")
    count = 0
    for shirt_patch in shirt_patches:
        if shirt_patch.verify_property("shirt", "striped"):
            count += 1
    return count
# === more_than
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    men = image_patch.find("man")
    women = image_patch.find("woman")
    return bool_to_yesno(len(men) > len(women))
# === sorted_leftmost
def execute_command(image):
    image_patch = ImagePatch(image)
    person_patches = image_patch.find("person")
    person_patches.sort(key=lambda p: p.horizontal_center)
    if not person_patches:
        return "none"
    leftmost = person_patches[0]
    return leftmost.simple_query("What is the person wearing?")
# === second_from_right
def execute_command(image):
    image_patch = ImagePatch(image)
    chair_patches = image_patch.find("chair")
    ordered = sorted(chair_patches, key=lambda c: c.horizontal_center, reverse=True)
    if len(ordered) < 2:
        return image_patch
    return ordered[1]
# === nearest
def execute_command(image):
    image_patch = ImagePatch(image)
    table_patches = image_patch.find("table")
    bottle_patches = image_patch.find("bottle")
    if len(table_patches) == 0 or len(bottle_patches) == 0:
        return image_patch
    table_patch = table_patches[0]
    bottle_patches.sort(key=lambda bottle: distance(bottle, table_patch))
    return bottle_patches[0]
# === text_match
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    dress_patches = image_patch.find("dress")
    if len(dress_patches) == 0:
        return image_patch.best_text_match(["short", "long"])
    return dress_patches[0].best_text_match(["short", "long"])
# === material
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    fence_patches = image_patch.find("fence")
    if len(fence_patches) == 0:
        fence_patches = [image_patch]
    fence_patch = fence_patches[0]
    return fence_patch.best_text_match(option_list=["wood", "metal", "plastic"], prefix="fence made of")
# === same_color
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    car_patches = image_patch.find("car")
    truck_patches = image_patch.find("truck")
    if len(car_patches) == 0 or len(truck_patches) == 0:
        return "no"
    car_color = car_patches[0].simple_query("What color is the car?")
    truck_color = truck_patches[0].simple_query("What color is the truck?")
    return bool_to_yesno(car_color == truck_color)
# === all_checked
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    animal_patches = image_patch.find("animal")
    return bool_to_yesno(all(patch.verify_property("animal", "brown") for patch in animal_patches))
# === vertical_order
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    picture_patches = image_patch.find("picture")
    couch_patches = image_patch.find("couch")
    for picture_patch in picture_patches:
        for couch_patch in couch_patches:
            if picture_patch.vertical_center > couch_patch.vertical_center:
                return "yes"
    return "no"
# === object_on_the_left
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    man_patches = image_patch.find("man")
    if len(man_patches) == 0:
        return image_patch.simple_query("What is to the left of the man?")
    man_patch = man_patches[0]
    left_patch = image_patch.crop(0, 0, max(man_patch.left, 30), image_patch.height)
    return left_patch.simple_query("What is this?")
# === knowledge
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    vehicle = image_patch.simple_query("What vehicle is this?")
    guess1 = image_patch.llm_query(f"What company makes the {vehicle}?", long_answer=False)
    guess2 = image_patch.simple_query("What company makes this vehicle?")
    return process_guesses("What company makes this vehicle?", guess1, guess2)
# === fstring_answer
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    muffin_patches = image_patch.find("muffin")
    kid_patches = image_patch.find("kid")
    if len(kid_patches) == 0:
        return "no kids"
    per_kid = len(muffin_patches) / len(kid_patches)
    return f"{per_kid:.1f} muffins for each of {len(kid_patches)} kids"
# === number_read
def execute_command(image):
    image_patch = ImagePatch(image)
    year = image_patch.simple_query("In what year was this picture taken?")
    number = coerce_to_numeric(year)
    if isinstance(number, str):
        return year
    return number + 10
# === helper_function
def execute_command(image) -> str:
    def is_left_of(a, b):
        return a.horizontal_center < b.horizontal_center

    image_patch = ImagePatch(image)
    cups = image_patch.find("cup")
    plates = image_patch.find("plate")
    for cup in cups:
        if all(is_left_of(cup, plate) for plate in plates):
            return "yes"
    return "no"
# === two_helpers
def count_with(patches, name, attribute):
    return len([patch for patch in patches if patch.verify_property(name, attribute)])

def execute_command(image):
    image_patch = ImagePatch(image)
    balls = image_patch.find("ball")
    red = count_with(balls, "ball", "red")
    green = count_with(balls, "ball", "green")
    if red == green:
        return "equal"
    return "red" if red > green else "green"
# === holding
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    woman_patches = image_patch.find("woman")
    for woman_patch in woman_patches:
        if woman_patch.exists("umbrella"):
            return woman_patch.simple_query("What color is the umbrella?")
    return image_patch.simple_query("What color is the umbrella?")
# === overlap
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    hat_patches = image_patch.find("hat")
    boy_patches = image_patch.find("boy")
    for boy_patch in boy_patches:
        for hat_patch in hat_patches:
            if boy_patch.overlaps_with(hat_patch.left, hat_patch.lower, hat_patch.right, hat_patch.upper):
                return "yes"
    return "no"
# === closest_to_camera
def execute_command(image):
    image_patch = ImagePatch(image)
    sheep_patches = image_patch.find("sheep")
    if len(sheep_patches) == 0:
        return image_patch
    sheep_patches.sort(key=lambda patch: patch.compute_depth())
    return sheep_patches[0]
# === best_image
def execute_command(image):
    image_patch = ImagePatch(image)
    person_patches = image_patch.find("person")
    if len(person_patches) == 0:
        return image_patch
    return best_image_match(person_patches, ["a person with a red coat", "a tall person"])
# === biggest
def execute_command(image):
    image_patch = ImagePatch(image)
    boat_patches = image_patch.find("boat")
    if not boat_patches:
        return image_patch
    biggest = max(boat_patches, key=lambda b: b.width * b.height)
    return biggest
# === tallest_building_color
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    building_patches = image_patch.find("building")
    heights = [building.height for building in building_patches]
    if len(heights) == 0:
        return "unknown"
    tallest = building_patches[heights.index(max(heights))]
    return tallest.simple_query("What color is this building?")
# === dictionary_of_counts
def execute_command(image):
    image_patch = ImagePatch(image)
    counts = {}
    for name in ["apple", "banana", "orange"]:
        counts[name] = len(image_patch.find(name))
    most = max(counts, key=counts.get)
    return most
# === enumerate_rows
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    shelf_patches = sorted(image_patch.find("shelf"), key=lambda s: s.vertical_center, reverse=True)
    rows = []
    for i, shelf_patch in enumerate(shelf_patches):
        rows.append(f"{i + 1}: {shelf_patch.simple_query('What is on the shelf?')}")
    return "; ".join(rows)
# === choose
def execute_command(image, possible_answers=None) -> str:
    image_patch = ImagePatch(image)
    is_indoors = image_patch.verify_property("room", "indoors")
    options = ["indoors", "outdoors"]
    return options[0] if is_indoors else options[1]
# === between
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    posts = sorted(image_patch.find("post"), key=lambda p: p.left)
    if len(posts) < 2:
        return "no"
    left_post, right_post = posts[0], posts[-1]
    dogs = image_patch.find("dog")
    inside = [d for d in dogs if left_post.right <= d.horizontal_center <= right_post.left]
    return bool_to_yesno(len(inside) > 0)
# === loop_flag
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    window_patches = image_patch.find("window")
    found_open = False
    for window_patch in window_patches:
        if window_patch.verify_property("window", "open"):
            found_open = True
            break
    if found_open:
        return "yes"
    else:
        return "no"
# === zip_pairs
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    left_shoes = image_patch.find("left shoe")
    right_shoes = image_patch.find("right shoe")
    pairs = sum(1 for a, b in zip(left_shoes, right_shoes) if distance(a, b) < 100)
    return f"{pairs} pair{'s' if pairs != 1 else ''}"
# === math_average
def execute_command(image):
    image_patch = ImagePatch(image)
    patches = image_patch.find("kite")
    if len(patches) == 0:
        return 0
    total = sum(patch.width * patch.height for patch in patches)
    share = total / (image_patch.width * image_patch.height)
    return round(share * 100, 1)
# === try_number
def execute_command(image):
    image_patch = ImagePatch(image)
    text = image_patch.simple_query("What number is on the jersey?")
    try:
        number = int(text)
    except ValueError:
        number = len(image_patch.find("player"))
    return number
# === while_right
def execute_command(image):
    image_patch = ImagePatch(image)
    donuts = sorted(image_patch.find("donut"), key=lambda d: d.left)
    i = 0
    while i < len(donuts) and not donuts[i].verify_property("donut", "glazed"):
        i += 1
    return i
# === either_attribute
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    jacket_patches = image_patch.find("jacket")
    if len(jacket_patches) == 0:
        return "no"
    jacket_patch = jacket_patches[0]
    is_leather = jacket_patch.verify_property("jacket", "leather")
    is_black = jacket_patch.verify_property("jacket", "black")
    return bool_to_yesno(is_leather and not is_black)
# === simple_question
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    return image_patch.simple_query("Is the weather sunny or cloudy?")
# === how_many_legs
def execute_command(image) -> str:
    image_patch = ImagePatch(image)
    table_patches = image_patch.find("table")
    leg_patches = []
    for table_patch in table_patches:
        leg_patches += table_patch.find("leg")
    return str(len(leg_patches))
